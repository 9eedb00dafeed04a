import type { Tie } from '../moments.ts'

/** One term of a linear combination of columns. */
export interface Term {
  readonly column: string
  readonly weight: number
}

/**
 * Something about a table that stands against fitting a density to it. `error`: there is no density to fit, or too
 * little to fit it to. `warning`: a density can be fitted, but part of the probability is none.
 */
export type Finding =
  | { readonly _tag: 'NoColumns'; readonly severity: 'error' }
  | { readonly _tag: 'NoRows'; readonly severity: 'error' }
  | { readonly _tag: 'OneRow'; readonly severity: 'error' }
  | { readonly _tag: 'FewRows'; readonly severity: 'error'; readonly rows: number; readonly columns: number }
  | {
      readonly _tag: 'NonFinite'
      readonly severity: 'error'
      readonly column: string
      /** The first such cell; `row` is its 0-based place in the table first read. */
      readonly row: number
      readonly value: number
      readonly count: number
    }
  | { readonly _tag: 'Constant'; readonly severity: 'error'; readonly column: string; readonly value: number }
  | {
      readonly _tag: 'Collinear'
      readonly severity: 'error'
      readonly column: string
      /** `column` = Σ weight · column + intercept, in the data's own units. */
      readonly terms: readonly Term[]
      readonly intercept: number
    }
  | {
      readonly _tag: 'PointMass'
      readonly severity: 'warning'
      readonly column: string
      readonly rows: number
      /** Every value with a mass of its own, the heaviest first. */
      readonly values: readonly Tie[]
    }

const short = (x: number): string => String(Number(x.toPrecision(6)))
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toPrecision(3)} %`

const combination = (terms: readonly Term[], intercept: number): string => {
  const sum = terms.map(({ column, weight }) => `${weight < 0 ? '- ' : '+ '}${short(Math.abs(weight))} "${column}"`)
  if (intercept !== 0 || sum.length === 0) sum.push(`${intercept < 0 ? '- ' : '+ '}${short(Math.abs(intercept))}`)
  return sum.join(' ').replace(/^\+ /, '').replace(/^- /, '-')
}

/** One line: what was found, why it matters, what to do. */
export const explainFinding = (f: Finding): string => {
  switch (f._tag) {
    case 'NoColumns':
      return 'The table has no numeric columns, so there is nothing to fit a density to.'
    case 'NoRows':
      return 'The table has no rows, so there is nothing to fit a density to.'
    case 'OneRow':
      return 'The table has a single row; a density needs many rows to be fitted to.'
    case 'FewRows':
      return `The table has ${f.rows} rows and ${f.columns} columns: that few rows lie on a plane, where a density does not exist; take more rows or fewer columns.`
    case 'NonFinite':
      return `Column "${f.column}" is not finite in ${f.count} ${f.count === 1 ? 'row' : 'rows'} (first ${f.value} in data row ${f.row}, counted from 0); mend or remove ${f.count === 1 ? 'it' : 'them'}, or leave the column out.`
    case 'Constant':
      return `Column "${f.column}" is ${f.value} in every row, so a density does not exist; leave it out.`
    case 'Collinear':
      return `Column "${f.column}" follows exactly from the others (it is ${combination(f.terms, f.intercept)}), so a density does not exist; leave one of them out.`
    case 'PointMass': {
      const [first, ...others] = f.values
      const rest =
        others.length === 0
          ? ''
          : `, and ${others.length} more ${others.length === 1 ? 'value has' : 'values have'} such a share`
      return `Column "${f.column}" is exactly ${first!.value} in ${percent(first!.count, f.rows)} of the rows (${first!.count} of ${f.rows})${rest}: a density does not exist at a point mass, and the likelihood there can grow without bound; remove those rows, leave the column out, or add noise of the size of its rounding.`
    }
  }
}
