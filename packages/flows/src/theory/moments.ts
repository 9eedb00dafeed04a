import * as E from 'fp-ts/lib/Either.js'
import type { Dataset } from '../train/dataset.ts'
import type { TheoryError } from './error.ts'
import { dependent, type Spectrum, spectrum } from './spectrum.ts'

/** First and second moments of a table whose covariance has full rank. */
export interface Moments {
  readonly columns: readonly string[]
  readonly rows: number
  readonly mean: Float64Array
  /** Of the population: divided by the number of rows. */
  readonly standardDeviation: Float64Array
  /** Covariance of the standardised columns, `[d, d]` row-major. */
  readonly correlation: Float64Array
  /** Of the correlation. */
  readonly spectrum: Spectrum
}

/** Two passes, so that a common offset of a column costs no digits. */
const columnMeans = ({ columns, rows, data }: Dataset): Float64Array => {
  const d = columns.length
  const mean = new Float64Array(d)
  for (let pass = 0; pass < 2; pass++) {
    const rest = new Float64Array(d)
    for (let i = 0; i < rows; i++) for (let j = 0; j < d; j++) rest[j]! += data[i * d + j]! - mean[j]!
    for (let j = 0; j < d; j++) mean[j]! += rest[j]! / rows
  }
  return mean
}

/**
 * Mean, standard deviation and correlation with its spectrum. Refuses what has no density: no more rows than columns,
 * cells that are not finite, constant columns, linearly dependent columns (named).
 */
export const momentsOf = (data: Dataset): E.Either<TheoryError, Moments> => {
  const { columns, rows } = data
  const d = columns.length
  const strange = data.data.findIndex((x) => !Number.isFinite(x))
  if (strange >= 0)
    return E.left({
      _tag: 'NotFinite',
      row: Math.floor(strange / d),
      column: columns[strange % d]!,
      value: data.data[strange]!,
    })
  if (rows <= d) return E.left({ _tag: 'TooFewRows', rows, columns: d })
  const still = columns.findIndex((_, j) => isConstant(data, j))
  if (still >= 0) return E.left({ _tag: 'ConstantColumn', column: columns[still]!, value: data.data[still]! })
  const mean = columnMeans(data)
  const standardDeviation = deviations(data, mean)
  const correlation = correlations(data, mean, standardDeviation)
  const found = spectrum(correlation, d)
  const relation = dependent(found)
  if (relation.length > 0) return E.left({ _tag: 'Collinear', columns: relation.map((j) => columns[j]!) })
  return E.right({ columns, rows, mean, standardDeviation, correlation, spectrum: found })
}

const isConstant = ({ columns, rows, data }: Dataset, j: number): boolean => {
  for (let i = 1; i < rows; i++) if (data[i * columns.length + j] !== data[j]) return false
  return true
}

const deviations = ({ columns, rows, data }: Dataset, mean: Float64Array): Float64Array => {
  const d = columns.length
  const squares = new Float64Array(d)
  for (let i = 0; i < rows; i++) for (let j = 0; j < d; j++) squares[j]! += (data[i * d + j]! - mean[j]!) ** 2
  return squares.map((s) => Math.sqrt(s / rows))
}

const correlations = ({ columns, rows, data }: Dataset, mean: Float64Array, sd: Float64Array): Float64Array => {
  const d = columns.length
  const sums = new Float64Array(d * d)
  const z = new Float64Array(d)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) z[j] = (data[i * d + j]! - mean[j]!) / sd[j]!
    for (let j = 0; j < d; j++) for (let k = j; k < d; k++) sums[j * d + k]! += z[j]! * z[k]!
  }
  for (let j = 0; j < d; j++)
    for (let k = j; k < d; k++) {
      const r = j === k ? 1 : sums[j * d + k]! / rows
      sums[j * d + k] = r
      sums[k * d + j] = r
    }
  return sums
}
