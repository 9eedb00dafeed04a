import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dataset } from '../train/dataset.ts'
import type { TheoryError } from './error.ts'
import { type Moments, momentsOf } from './moments.ts'

/** Mean log-likelihoods per row, in nats. */
export interface Ceiling {
  /** No flow that treats every column alone by an affine map, with a normal base, exceeds this on these rows. */
  readonly independent: number
  /** Nor does any affine map of all columns together exceed this: dense, triangular or factored alike. */
  readonly linear: number
}

/** The ceilings of one table in two units, and what they are made of. */
export interface Ceilings {
  /** In units of each column's own standard deviation. */
  readonly standardised: Ceiling
  /** In the data's own units: standardised - Σ log standardDeviation. */
  readonly original: Ceiling
  /** Eigenvalues of the correlation, descending. */
  readonly eigenvalues: Float64Array
}

const LOG_2_PI_E = Math.log(2 * Math.PI) + 1

/**
 * The highest mean log-likelihood that a linear flow with a standard normal base can reach on these rows:
 * -1/2 Σ log(2πe λ_i), with λ the eigenvalues of the population covariance; reached by every complete parameterisation
 * and independent of it. With the covariance's diagonal in place of λ: the ceiling of maps that keep columns apart.
 *
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539
 */
export const linearCeilings = (data: Dataset): E.Either<TheoryError, Ceilings> =>
  pipe(momentsOf(data), E.map(ceilingsOf))

export const ceilingsOf = ({ columns, standardDeviation, spectrum: { values } }: Moments): Ceilings => {
  const independent = (-columns.length / 2) * LOG_2_PI_E
  const linear = values.reduce((sum, value) => sum - Math.log(value) / 2, independent)
  const units = standardDeviation.reduce((sum, sd) => sum + Math.log(sd), 0)
  return {
    standardised: { independent, linear },
    original: { independent: independent - units, linear: linear - units },
    eigenvalues: values,
  }
}
