import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Dataset } from '../train/dataset.ts'
import type { TheoryError } from './error.ts'
import { type Estimate, estimate } from './estimate.ts'
import { type HeavyTail, heavyTails } from './heavyTails.ts'
import { type Moments, momentsOf } from './moments.ts'
import { spectrum } from './spectrum.ts'

/** The least stretch of an inverse, and where it comes from. */
export interface Stretch {
  /** √λ_max of the covariance. Its standard error is of the first order in the moments, whatever the distribution. */
  readonly bound: Estimate
  /** The unit vector along which the rows vary most, `[d]`. */
  readonly direction: Float64Array
}

/** How much the way from latents to data must stretch somewhere. */
export interface InverseStretchBound {
  readonly columns: readonly string[]
  readonly rows: number
  /** In units of each column's own standard deviation. */
  readonly standardised: Stretch
  readonly original: Stretch
  /** Ends of columns that no map with a finite stretch reaches from a normal base, as far as these rows show: none, or then no finite bound exists. */
  readonly heavyTails: readonly HeavyTail[]
}

/**
 * Every exact flow of the rows' distribution to N(0, I) has Lip(f⁻¹) ≥ √λ_max(Cov X): by the Gaussian Poincaré inequality
 * Var(u · f⁻¹(Z)) ≤ E|J_f⁻¹(Z)ᵀ u|² ≤ Lip(f⁻¹)² for every unit vector u. Equality for a normal distribution, by a linear
 * flow. A Lipschitz image of a normal has tails no heavier than one, so heavier tails force Lip(f⁻¹) = ∞.
 *
 * - Fails: as `linearCeiling` does, on the same tables.
 *
 * @see Chernoff 1981, A note on an inequality involving the normal distribution; Borell 1975, The Brunn-Minkowski inequality
 * in Gauss space, for the tails
 */
export const inverseStretchBound = (data: Dataset): E.Either<TheoryError, InverseStretchBound> =>
  pipe(
    momentsOf(data),
    E.map((moments) => inverseStretchBoundOf(moments, data)),
  )

/** The same where the moments of these rows are at hand. */
export const inverseStretchBoundOf = (moments: Moments, data: Dataset): InverseStretchBound => {
  const { columns, rows, standardDeviation: sd, correlation, spectrum: own } = moments
  const d = columns.length
  const covariance = correlation.map((r, e) => r * sd[Math.floor(e / d)]! * sd[e % d]!)
  const full = spectrum(covariance, d)
  return {
    columns,
    rows,
    standardised: stretchAlong(data, moments, own.values[0]!, own.vectors[0]!, undefined),
    original: stretchAlong(data, moments, full.values[0]!, full.vectors[0]!, sd),
    heavyTails: heavyTails(data),
  }
}

/**
 * The eigenvalue's influence at a row is (v · x)², but for a constant. Without `scales` the deviations, found from the same
 * rows, are the units: they move by z_j² / 2, which takes λ v_j² z_j² of each column away.
 */
const stretchAlong = (
  { rows, data }: Dataset,
  { mean, standardDeviation }: Moments,
  value: number,
  vector: Float64Array,
  scales: Float64Array | undefined,
): Stretch => {
  const d = vector.length
  const pulled = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    let along = 0
    let own = 0
    for (let j = 0; j < d; j++) {
      const z = (data[i * d + j]! - mean[j]!) / standardDeviation[j]!
      along += vector[j]! * z * (scales?.[j] ?? 1)
      own += vector[j]! ** 2 * z * z
    }
    pulled[i] = along * along - (scales ? 0 : value * own)
  }
  const bound = Math.sqrt(value)
  return { bound: { value: bound, standardError: estimate(pulled).standardError / (2 * bound) }, direction: vector }
}
