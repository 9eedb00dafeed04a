import { moments } from '../moments.ts'
import { selectColumns, type Table, takeRows } from '../table.ts'
import type { Finding, Term } from './finding.ts'

type Collinear = Extract<Finding, { readonly _tag: 'Collinear' }>

/** How many times the rounding of the data a remainder may be and still count as nothing. */
const SLACK = 16

const standardisedColumns = (t: Table): readonly Float64Array[] => {
  const { mean, standardDeviation } = moments(t)
  const width = t.columns.length
  return t.columns.map((_, j) =>
    Float64Array.from({ length: t.rows }, (_, i) => (t.data[i * width + j]! - mean[j]!) / standardDeviation[j]!),
  )
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/**
 * Subtracts from `v` its projections on an orthonormal basis, one after the other; returns the coefficients. Modified
 * Gram-Schmidt: what remains is exact to rounding of the columns even where they are nearly alike (Björck 1967).
 */
const orthogonalise = (v: Float64Array, basis: readonly Float64Array[]): Float64Array =>
  Float64Array.from(basis, (q) => {
    const c = dot(q, v)
    for (let i = 0; i < v.length; i++) v[i]! -= c * q[i]!
    return c
  })

/** Solves R w = c for the upper triangular R given by its columns. */
const backSubstitute = (triangle: readonly Float64Array[], c: Float64Array): Float64Array => {
  const w = c.slice()
  for (let k = w.length - 1; k >= 0; k--) {
    w[k]! /= triangle[k]![k]!
    for (let i = 0; i < k; i++) w[i]! -= triangle[k]![i]! * w[k]!
  }
  return w
}

/** Columns that follow exactly from those before them; every column varies and is finite. */
const search = (t: Table): readonly Collinear[] => {
  const { mean, standardDeviation, minimum, maximum } = moments(t)
  // A cell of magnitude m is known to m · eps, so in standardised units a column is known to this.
  const rounding = t.columns.map(
    (_, j) => (Number.EPSILON * Math.max(Math.abs(minimum[j]!), Math.abs(maximum[j]!))) / standardDeviation[j]!,
  )
  const basis: Float64Array[] = []
  const triangle: Float64Array[] = []
  const independent: number[] = []
  const found: Collinear[] = []
  standardisedColumns(t).forEach((v, j) => {
    const c = orthogonalise(v, basis)
    const remainder = Math.sqrt(dot(v, v))
    const weights = backSubstitute(triangle, c)
    const known = independent.reduce((sum, from, k) => sum + Math.abs(weights[k]!) * rounding[from]!, rounding[j]!)
    if (remainder > SLACK * known * Math.sqrt(t.rows)) {
      for (let i = 0; i < v.length; i++) v[i]! /= remainder
      basis.push(v)
      triangle.push(Float64Array.of(...c, remainder))
      independent.push(j)
      return
    }
    // In standardised units: a weight or an offset below what the cells are known to is rounding.
    const nothing = SLACK * known
    const used = independent.flatMap((from, k) => (Math.abs(weights[k]!) > nothing ? [{ from, k }] : []))
    const terms = used.map(({ from, k }): Term => {
      return { column: t.columns[from]!, weight: (weights[k]! * standardDeviation[j]!) / standardDeviation[from]! }
    })
    const offset = used.reduce((rest, { from }, n) => rest - terms[n]!.weight * mean[from]!, mean[j]!)
    const intercept = Math.abs(offset) <= nothing * standardDeviation[j]! ? 0 : offset
    found.push({ _tag: 'Collinear', severity: 'error', column: t.columns[j]!, terms, intercept })
  })
  return found
}

/**
 * Columns that are exact linear combinations of columns before them, to the rounding of the cells, by orthogonalising
 * the standardised columns in order. `names`: the columns to look at; each must vary and be finite.
 */
export const collinear = (t: Table, names: readonly string[]): readonly Collinear[] => {
  const whole = selectColumns(names)(t)
  // Columns independent on a part of the rows are independent: most tables need no more than a look at a part.
  const enough = 1000 + 4 * names.length
  if (whole.rows > 2 * enough) {
    const step = Math.floor(whole.rows / enough)
    const part = takeRows(Array.from({ length: enough }, (_, i) => i * step))(whole)
    const { minimum, maximum } = moments(part)
    if (names.every((_, j) => minimum[j]! < maximum[j]!) && search(part).length === 0) return []
  }
  return search(whole)
}
