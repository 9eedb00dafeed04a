import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dataset } from '../train/dataset.ts'
import type { TheoryError } from './error.ts'
import { type Moments, momentsOf } from './moments.ts'

/** A Gaussian fitted to one table by maximum likelihood, to score others with. */
export interface FittedGaussian {
  /** Log-density of every row, `[rows]`, in nats, in units of the fitted columns' standard deviations. */
  logDensities(data: Dataset): E.Either<TheoryError, Float64Array>
  /** Mean log-density of the rows, same units. */
  meanLogLikelihood(data: Dataset): E.Either<TheoryError, number>
  /** Σ log standardDeviation: subtract it for log-densities in the data's own units. */
  readonly logScale: number
}

/** The two Gaussians that a flow is held against. */
export interface FittedGaussians {
  /** Every column on its own. */
  readonly independent: FittedGaussian
  /** With the full covariance. */
  readonly full: FittedGaussian
}

/** The two maximum-likelihood Gaussians of a table: what a flow has to beat. */
export const fitGaussians = (data: Dataset): E.Either<TheoryError, FittedGaussians> =>
  pipe(momentsOf(data), E.map(gaussiansOf))

export const gaussiansOf = (moments: Moments): FittedGaussians => {
  const { values, vectors } = moments.spectrum
  const half = values.reduce((sum, value) => sum + Math.log(value) / 2, 0)
  // Σ (v_k · z)² / λ_k: the eigenvectors are at hand, and near-singular directions stay apart from the others.
  const mahalanobis = (z: Float64Array): number => {
    let total = 0
    for (let k = 0; k < vectors.length; k++) {
      const v = vectors[k]!
      let along = 0
      for (let j = 0; j < z.length; j++) along += v[j]! * z[j]!
      total += (along * along) / values[k]!
    }
    return total
  }
  return {
    independent: fitted(moments, (z) => z.reduce((sum, x) => sum + x * x, 0), 0),
    full: fitted(moments, mahalanobis, half),
  }
}

const fitted = (
  { columns, mean, standardDeviation }: Moments,
  squaredDistance: (z: Float64Array) => number,
  halfLogDeterminant: number,
): FittedGaussian => {
  const d = columns.length
  const peak = -(d / 2) * Math.log(2 * Math.PI) - halfLogDeterminant
  const logDensities = (data: Dataset): E.Either<TheoryError, Float64Array> => {
    if (data.columns.length !== d || data.columns.some((name, j) => name !== columns[j]))
      return E.left({ _tag: 'OtherColumns', expected: columns, found: data.columns })
    const z = new Float64Array(d)
    const densities = new Float64Array(data.rows)
    for (let i = 0; i < data.rows; i++) {
      for (let j = 0; j < d; j++) z[j] = (data.data[i * d + j]! - mean[j]!) / standardDeviation[j]!
      densities[i] = peak - squaredDistance(z) / 2
    }
    return E.right(densities)
  }
  return {
    logDensities,
    meanLogLikelihood: (data) => pipe(logDensities(data), E.map(averageOf)),
    logScale: standardDeviation.reduce((sum, sd) => sum + Math.log(sd), 0),
  }
}

const averageOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length
