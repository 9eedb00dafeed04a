import type { HostArray } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import { mistake, showShape } from '../mistake.ts'
import type { TheoryError } from './error.ts'
import { type Estimate, estimate } from './estimate.ts'
import { LOG_2_PI_E } from './linearCeiling.ts'
import { dependent, spectrum } from './spectrum.ts'

/**
 * Where the weights of z = W X come from:
 * - `parameters`: one W for every data point;
 * - `otherVariables`: one for each, computed from variables that W does not multiply, as in a coupling or an
 *   autoregressive step (a dynamic linear flow);
 * - `samePoint`: computed from the X that it multiplies. No likelihood belongs to that, so it is refused.
 */
export type WeightsFrom = 'parameters' | 'otherVariables' | 'samePoint'

/** Log-likelihoods of whole data points, in nats, over a base N(0, I). */
export interface ChannelCeiling {
  readonly channels: number
  /** Of one data point. */
  readonly positions: number
  /** Of each data point with the best W for it alone, `[points]`. */
  readonly perPoint: Float64Array
  /** Their mean: no W exceeds it on average, whatever it is computed from, and only one for each point reaches it. */
  readonly upperBound: Estimate
  /** The highest mean with one W for all. Its standard error is 0 for a single point, which tells nothing of others. */
  readonly shared: Estimate
  /** Eigenvalues of the mean auto-correlation, descending. */
  readonly eigenvalues: Float64Array
}

/** Options of `channelCeiling`. */
export interface ChannelOptions {
  /** By default `parameters`. */
  readonly weightsFrom?: WeightsFrom
}

/**
 * The highest log-likelihood that mixing channels, z = W X, can reach on given data points: with λ the eigenvalues of
 * the auto-correlation X Xᵀ / N it is -N/2 Σ log(2πe λ_i) for one point, and the same of the mean auto-correlation for one
 * W that all points share. No mean is subtracted: W X has no shift.
 *
 * - `points`: one data point `[C, N]` or `[C, height, width]`, or several of one shape.
 * - Fails: with fewer positions than channels, or channels that are linearly dependent within a point, where a suitable W
 *   makes the likelihood as high as one likes; with `NotALikelihood` for `samePoint`: the whitened Z has Z Zᵀ = N I
 *   whatever X was, so the map loses C (C + 1) / 2 of its C N dimensions and its Jacobian is singular.
 * @throws when a point has less than two axes, or the points differ in shape
 *
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539
 */
export const channelCeiling = (
  points: HostArray | readonly HostArray[],
  { weightsFrom = 'parameters' }: ChannelOptions = {},
): E.Either<TheoryError, ChannelCeiling> => {
  const all = isList(points) ? points : [points]
  const { channels, positions } = sizeOf(all)
  if (weightsFrom === 'samePoint') {
    const dimensions = channels * positions
    const lost = Math.min(dimensions, (channels * (channels + 1)) / 2)
    return E.left({ _tag: 'NotALikelihood', dimensions, rank: dimensions - lost })
  }
  if (positions < channels) return E.left({ _tag: 'TooFewPositions', channels, positions })
  const perPoint = new Float64Array(all.length)
  const total = new Float64Array(channels * channels)
  for (const [point, { data }] of all.entries()) {
    const strange = Array.prototype.findIndex.call(data, (x) => !Number.isFinite(x))
    if (strange >= 0)
      return E.left({
        _tag: 'NotFiniteChannel',
        point,
        channel: Math.floor(strange / positions),
        position: strange % positions,
        value: data[strange]!,
      })
    const own = autoCorrelation(data, channels, positions)
    const relation = dependentChannels(own, channels)
    if (relation.length > 0) return E.left({ _tag: 'CollinearChannels', point, channels: relation })
    perPoint[point] = optimum(spectrum(own, channels).values, positions)
    for (let e = 0; e < total.length; e++) total[e]! += own[e]! / all.length
  }
  const { values, vectors } = spectrum(total, channels)
  const spread = estimate(all.map(({ data }) => -0.5 * whitenedSquare(data, channels, positions, values, vectors)))
  return E.right({
    channels,
    positions,
    perPoint,
    upperBound: estimate(perPoint),
    shared: { value: optimum(values, positions), standardError: spread.standardError },
    eigenvalues: values,
  })
}

const isList = (points: HostArray | readonly HostArray[]): points is readonly HostArray[] => Array.isArray(points)

const sizeOf = (points: readonly HostArray[]): { readonly channels: number; readonly positions: number } => {
  const [first] = points
  if (!first) return mistake('channelCeiling: expected one data point at least, got none.')
  const other = points.find(
    ({ shape }) => shape.length !== first.shape.length || shape.some((n, i) => n !== first.shape[i]),
  )
  if (other)
    mistake(
      `channelCeiling: data points have one shape, but one has ${showShape(first.shape)} and another ${showShape(other.shape)}.`,
    )
  const [channels, ...space] = first.shape
  if (channels === undefined || space.length === 0 || first.lanes !== undefined)
    mistake(
      `channelCeiling: a data point is an array [channels, positions] without lanes, got shape ${showShape(first.shape)}.`,
    )
  return { channels: channels!, positions: space.reduce((product, n) => product * n, 1) }
}

/** X Xᵀ / N, `[C, C]`. */
const autoCorrelation = (x: ArrayLike<number>, channels: number, positions: number): Float64Array => {
  const sums = new Float64Array(channels * channels)
  for (let i = 0; i < channels; i++)
    for (let j = i; j < channels; j++) {
      let sum = 0
      for (let n = 0; n < positions; n++) sum += x[i * positions + n]! * x[j * positions + n]!
      sums[i * channels + j] = sum / positions
      sums[j * channels + i] = sum / positions
    }
  return sums
}

/** Judged at one scale for all channels; one that is zero everywhere depends on nothing, and is named alone. */
const dependentChannels = (correlation: Float64Array, n: number): readonly number[] => {
  const scale = Array.from({ length: n }, (_, c) => Math.sqrt(correlation[c * n + c]!))
  const empty = Array.from(scale.keys()).filter((c) => scale[c] === 0)
  return empty.length > 0
    ? empty
    : dependent(
        spectrum(
          correlation.map((r, e) => r / (scale[Math.floor(e / n)]! * scale[e % n]!)),
          n,
        ),
      )
}

/** N log|det W| - N/2 tr(W R Wᵀ) - N C/2 log 2π at Wᵀ W = R⁻¹. */
const optimum = (eigenvalues: Float64Array, positions: number): number =>
  eigenvalues.reduce((sum, value) => sum - (positions / 2) * (LOG_2_PI_E + Math.log(value)), 0)

/** Σ over positions of xᵀ R⁻¹ x. */
const whitenedSquare = (
  x: ArrayLike<number>,
  channels: number,
  positions: number,
  values: Float64Array,
  vectors: readonly Float64Array[],
): number => {
  let total = 0
  for (let k = 0; k < channels; k++)
    for (let n = 0; n < positions; n++) {
      let along = 0
      for (let c = 0; c < channels; c++) along += vectors[k]![c]! * x[c * positions + n]!
      total += along ** 2 / values[k]!
    }
  return total
}
