import type { HostArray } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Bijector } from '../bijector.ts'
import { lowRankWhitening } from '../bijectors/lowRankWhitening.ts'
import type { Distribution } from '../distribution.ts'
import { probabilisticPCA as density, type ProbabilisticPCAParams } from '../distributions/probabilisticPCA.ts'
import type { Real } from '../domain.ts'
import { mistake } from '../mistake.ts'
import type { Dataset } from '../train/dataset.ts'
import { type Pull, pulls } from './delta.ts'
import type { TheoryError } from './error.ts'
import type { Estimate } from './estimate.ts'
import { LOG_2_PI_E } from './linearCeiling.ts'
import { type Moments, momentsOf } from './moments.ts'
import { type Spectrum, spectrum } from './spectrum.ts'

/** The best probabilistic PCA of one number of factors. */
export interface PcaPoint {
  /** q, from 0 to d - 1. */
  readonly factors: number
  /** Mean log-likelihood per row that it reaches on these rows, nats. */
  readonly logLikelihood: Estimate
  /** How far that is below the linear ceiling: (d - q)/2 log(AM/GM) of the discarded eigenvalues; 0 for q = d - 1. */
  readonly gap: number
  /** σ²: the mean of the discarded eigenvalues. */
  readonly noise: number
}

/** Probabilistic PCA in closed form, its parameters as arrays for a flow to hold. */
export interface FittedPca {
  readonly distribution: Distribution<Real, ProbabilisticPCAParams>
  /** The same as the last layer of a flow, before a standard normal base. */
  readonly layer: Bijector<Real, Real, ProbabilisticPCAParams>
  /** Of both. A type, so that it is a tree of arrays. */
  readonly params: { readonly [name in keyof ProbabilisticPCAParams]: HostArray }
}

/** The likelihood of probabilistic PCA on one table, over the number of factors. */
export interface PcaCurve {
  /** The units of the columns that it is fitted to; another scaling of a column gives another curve. */
  readonly units: PcaUnits
  /** Of the covariance in these units, descending. */
  readonly eigenvalues: Float64Array
  /** For q = 0, 1, … d - 1. */
  readonly curve: readonly PcaPoint[]
  /**
   * The fit with q factors. In standardised units its coordinates are (x - mean) / standardDeviation of the columns, so
   * a `standardise` layer with the table's moments belongs before it.
   * @throws when q is not a whole number from 0 to d - 1
   */
  fit(factors: number): FittedPca
}

/** Standard deviations of the columns, or the numbers as they are. */
export type PcaUnits = 'standardised' | 'original'

/** Options of `theory.probabilisticPCA`. */
export interface PcaOptions {
  /** By default `standardised`. */
  readonly units?: PcaUnits
}

/**
 * The best likelihood of probabilistic PCA with q factors, for every q, and the fit that reaches it: with λ the
 * eigenvalues of the covariance in descending order and σ² the mean of the last d - q,
 * L_q = -1/2 (Σ_{i ≤ q} log 2πe λ_i + (d - q) log 2πe σ²), and the fit is W = V_q (Λ_q - σ² I)^½.
 *
 * - L_q rises with q to the linear ceiling, which q = d - 1 reaches: the best linear flow and probabilistic PCA meet.
 * - Standard errors as those of `linearCeiling`: to first order, of any distribution, units estimated from the rows.
 * - Fails: as `linearCeiling` does.
 *
 * @see Tipping & Bishop 1999, Probabilistic principal component analysis, section 3 and appendix A
 */
export const probabilisticPCA = (
  data: Dataset,
  { units = 'standardised' }: PcaOptions = {},
): E.Either<TheoryError, PcaCurve> =>
  pipe(
    momentsOf(data),
    E.map((moments) => curveOf(moments, data, units)),
  )

const curveOf = (moments: Moments, data: Dataset, units: PcaUnits): PcaCurve => {
  const { values, vectors } = units === 'standardised' ? moments.spectrum : covarianceSpectrum(moments)
  const d = values.length
  const scale = units === 'standardised' ? undefined : moments.standardDeviation
  const variances = Array.from({ length: d }, (_, q) => withNoise(values, q))
  const errors = pulls(
    moments,
    data,
    variances.map((v) => pullOf({ values, vectors }, v, scale)),
  )
  return {
    units,
    eigenvalues: values,
    curve: variances.map((v, q) => ({
      factors: q,
      logLikelihood: {
        value: v.reduce((sum, x) => sum - (LOG_2_PI_E + Math.log(x)) / 2, 0),
        standardError: errors[q]!.standardError,
      },
      gap: gapOf(values, q),
      noise: v[q]!,
    })),
    fit: (factors) => {
      if (!(Number.isInteger(factors) && factors >= 0 && factors < d))
        mistake(`probabilisticPCA: the number of factors is a whole number from 0 to ${d - 1}, got ${factors}.`)
      return {
        distribution: density(d, factors),
        layer: lowRankWhitening(d, factors),
        params: paramsOf(moments, { values, vectors }, factors, units),
      }
    },
  }
}

/** λ₁ … λ_q, then σ² for the others. */
const withNoise = (values: Float64Array, q: number): Float64Array => {
  const noise = values.subarray(q).reduce((sum, x) => sum + x, 0) / (values.length - q)
  return values.map((x, k) => (k < q ? x : noise))
}

/** (d - q)/2 log(AM/GM) as -1/2 Σ log(λ/AM), which keeps its digits where all λ are nearly equal. */
const gapOf = (values: Float64Array, q: number): number => {
  const rest = values.subarray(q)
  const mean = rest.reduce((sum, x) => sum + x, 0) / rest.length
  return rest.length === 1
    ? 0
    : Math.max(
        0,
        rest.reduce((sum, x) => sum - Math.log1p((x - mean) / mean) / 2, 0),
      )
}

/** D R D of the standardised columns' R and the deviations D. */
const covarianceSpectrum = ({ correlation, standardDeviation }: Moments): Spectrum => {
  const d = standardDeviation.length
  return spectrum(
    correlation.map((r, e) => r * standardDeviation[Math.floor(e / d)]! * standardDeviation[e % d]!),
    d,
  )
}

/**
 * What a row pulls L_q by: log p of the fit there, since the fit is where L is highest. With standardised units, which
 * move with the rows, (v C⁻¹ R v) of each column too, by half its z².
 */
const pullOf = ({ values, vectors }: Spectrum, variances: Float64Array, scale: Float64Array | undefined): Pull => {
  const d = values.length
  const units = Float64Array.from({ length: d }, (_, j) =>
    vectors.reduce((sum, v, k) => sum + (v[j]! ** 2 * values[k]!) / variances[k]!, 0),
  )
  return ({ z, along }) => {
    let total = 0
    for (let k = 0; k < d; k++) total -= (scale ? dot(vectors[k]!, z, scale) : along[k]!) ** 2 / variances[k]!
    if (!scale) for (let j = 0; j < d; j++) total += units[j]! * z[j]! ** 2
    return total / 2
  }
}

const dot = (v: Float64Array, z: Float64Array, scale: Float64Array): number => {
  let sum = 0
  for (let j = 0; j < v.length; j++) sum += v[j]! * z[j]! * scale[j]!
  return sum
}

const paramsOf = (
  { mean, columns }: Moments,
  { values, vectors }: Spectrum,
  q: number,
  units: PcaUnits,
): FittedPca['params'] => {
  const d = columns.length
  const noise = withNoise(values, q)[q]!
  const weights = Float64Array.from({ length: d * q }, (_, e) => {
    const [j, k] = [Math.floor(e / q), e % q]
    return vectors[k]![j]! * Math.sqrt(Math.max(0, values[k]! - noise))
  })
  return {
    mean: { data: units === 'original' ? mean.slice() : new Float64Array(d), shape: [d] },
    ...(q > 0 && { weights: { data: weights, shape: [d, q] } }),
    logNoise: { data: Float64Array.of(Math.log(noise) / 2), shape: [] },
  }
}
