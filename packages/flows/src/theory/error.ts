/** Why a table has no fitted Gaussian, and so no linear ceiling. Facts only; `explainTheory` words them. */
export type TheoryError =
  | { readonly _tag: 'TooFewRows'; readonly rows: number; readonly columns: number }
  | { readonly _tag: 'NotFinite'; readonly row: number; readonly column: string; readonly value: number }
  | { readonly _tag: 'ConstantColumn'; readonly column: string; readonly value: number }
  /** The columns that take part in an exact linear relation, each relation's in its own list. */
  | { readonly _tag: 'Collinear'; readonly columns: readonly string[] }
  | { readonly _tag: 'OtherColumns'; readonly expected: readonly string[]; readonly found: readonly string[] }
  | { readonly _tag: 'OneClass'; readonly rows: number; readonly positives: number }

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

/** One sentence: what was expected, what came, where, what to do. */
export const explainTheory = (e: TheoryError): string => {
  switch (e._tag) {
    case 'TooFewRows':
      return `Expected more rows than columns, found ${e.rows} rows and ${e.columns} columns, so the covariance is singular and the likelihood has no upper bound; add rows or leave columns out.`
    case 'NotFinite':
      return `Expected finite numbers, found ${e.value} in row ${e.row}, column "${e.column}"; mend or remove that row.`
    case 'ConstantColumn':
      return `Column "${e.column}" has the value ${e.value} in every row, so it has no density; leave it out.`
    case 'Collinear':
      return `The columns ${quoted(e.columns)} are linearly dependent, so the likelihood has no upper bound; leave one of them out.`
    case 'OtherColumns':
      return `Expected the columns the Gaussian was fitted to, ${quoted(e.expected)}, found ${quoted(e.found)}.`
    case 'OneClass':
      return `Expected rows of both classes to rank, found ${e.positives} positives in ${e.rows} rows.`
  }
}
