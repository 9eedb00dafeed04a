import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dataset } from '../train/dataset.ts'
import { pulls } from './delta.ts'
import type { TheoryError } from './error.ts'
import type { Estimate } from './estimate.ts'
import { type Moments, momentsOf } from './moments.ts'

/** Mean log-likelihoods per row, in nats. */
export interface Ceiling {
  /** No flow that treats every column alone by an affine map, with a normal base, exceeds this on these rows. */
  readonly independent: Estimate
  /** Nor does any affine map of all columns together exceed this: dense, triangular or factored alike. */
  readonly linear: Estimate
}

/**
 * The ceilings of one table in two units, and what they are made of. Values are exact for these rows. Standard errors are
 * for what they estimate, the ceilings of the distribution that the rows were drawn from: to first order in the moments
 * (delta method), whatever that distribution is, and with the units estimated from the same rows.
 */
export interface LinearCeiling {
  readonly columns: readonly string[]
  readonly rows: number
  /** In units of each column's own standard deviation. The independent one is the same number for every table. */
  readonly standardised: Ceiling
  /** In the data's own units: standardised - Σ log standardDeviation. */
  readonly original: Ceiling
  /**
   * How much lower, per row, the mean log-likelihood of the best linear map of these rows is to be expected on other rows of
   * their distribution: to first order, (d + (κ - d)/2) / rows with κ the mean fourth power of whitened rows' lengths. Of
   * normal rows that is the number of parameters, d (d + 3) / 2, over the rows; heavy tails make it more.
   */
  readonly lostOnOtherRows: number
  /** Of each column, the population's: divided by the number of rows. */
  readonly standardDeviation: Float64Array
  /** Eigenvalues of the correlation, descending. */
  readonly eigenvalues: Float64Array
}

export const LOG_2_PI_E = Math.log(2 * Math.PI) + 1

/**
 * The highest mean log-likelihood that a linear flow with a standard normal base can reach on these rows:
 * -1/2 Σ log(2πe λ_i), with λ the eigenvalues of the population covariance; reached by every complete parameterisation
 * and independent of it. With the covariance's diagonal in place of λ: the ceiling of maps that keep columns apart.
 *
 * - Fails: where the covariance is singular (too few rows, a constant column, linearly dependent columns, which are
 *   named), since the likelihood has no upper bound then, and on numbers that are not finite.
 *
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539; Takeuchi 1976 for `lostOnOtherRows`
 */
export const linearCeiling = (data: Dataset): E.Either<TheoryError, LinearCeiling> =>
  pipe(
    momentsOf(data),
    E.map((moments) => linearCeilingOf(moments, data)),
  )

/** The same where the moments of these rows are at hand. */
export const linearCeilingOf = (moments: Moments, data: Dataset): LinearCeiling => {
  const { columns, rows, standardDeviation, spectrum } = moments
  const independent = (-columns.length / 2) * LOG_2_PI_E
  const linear = spectrum.values.reduce((sum, value) => sum - Math.log(value) / 2, independent)
  const units = standardDeviation.reduce((sum, sd) => sum + Math.log(sd), 0)
  const [full, own, between, fourth] = pulls(moments, data, [
    // log p of the Gaussian at the row, but for a constant: its spread is that of -1/2 log det of the covariance.
    ({ whitened }) => -0.5 * whitened,
    ({ standardised }) => -0.5 * standardised,
    // The deviations pull the other way where they are the units.
    ({ whitened, standardised }) => 0.5 * (standardised - whitened),
    ({ whitened }) => whitened * whitened,
  ])
  return {
    columns,
    rows,
    standardised: {
      independent: { value: independent, standardError: 0 },
      linear: { value: linear, standardError: between!.standardError },
    },
    original: {
      independent: { value: independent - units, standardError: own!.standardError },
      linear: { value: linear - units, standardError: full!.standardError },
    },
    lostOnOtherRows: (columns.length + (fourth!.value - columns.length) / 2) / rows,
    standardDeviation,
    eigenvalues: spectrum.values,
  }
}
