import * as E from 'fp-ts/lib/Either.js'
import type { Dataset } from '../train/dataset.ts'
import type { TheoryError } from './error.ts'
import { type Spectrum, spectrum } from './spectrum.ts'

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

/** An eigenvalue of the correlation below this many roundings of the largest is nothing. */
const SLACK = 8
/** A column takes part in a relation where its weight, in standardised units, is above this share of the largest. */
const TAKES_PART = 1e-6

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
  const dependent = dependentColumns(found, columns)
  if (dependent.length > 0) return E.left({ _tag: 'Collinear', columns: dependent })
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

/** The columns with weight in any direction of no variance, in the table's order. */
const dependentColumns = ({ values, vectors }: Spectrum, columns: readonly string[]): readonly string[] => {
  const nothing = SLACK * columns.length * Number.EPSILON * values[0]!
  const relations = vectors.filter((_, k) => !(values[k]! > nothing))
  return columns.filter((_, j) =>
    relations.some((v) => Math.abs(v[j]!) > TAKES_PART * v.reduce((most, x) => Math.max(most, Math.abs(x)), 0)),
  )
}
