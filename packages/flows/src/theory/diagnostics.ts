import { type Example, evaluateAt, grad, type HostArray, type Tensor } from '@diffeo/autodiff'
import type { Flow, FlowParams } from '../flow.ts'
import type { Arrays } from '../train/arrays.ts'
import type { Dataset } from '../train/dataset.ts'
import { overRows, rowKey, type ScoreOptions } from '../train/score.ts'
import { standardUnits } from '../train/standardUnits.ts'
import { type Estimate, estimate, estimates } from './estimate.ts'

/** What can be seen of a trained flow on a table. Log-densities in nats, in the units of the data. */
export interface Diagnostics {
  readonly rows: number
  readonly logLikelihood: Estimate
  /** Per latent dimension: 0 and 1 at an optimum of a standard normal base with a free last shift and scale. */
  readonly latent: { readonly mean: readonly Estimate[]; readonly secondMoment: readonly Estimate[] }
  /**
   * The same balances for any base: E[-∂_i log p_Z(z)] is 0 where the last shift is free, E[-z_i ∂_i log p_Z(z)] is 1
   * where the last scale is.
   */
  readonly balance: { readonly shift: readonly Estimate[]; readonly scale: readonly Estimate[] }
  readonly volume: Volume
  readonly roundTrip: RoundTrip
  /** The least likely rows, the worst first. */
  readonly worst: readonly { readonly row: number; readonly logDensity: number }[]
}

/**
 * An exact flow has E[log|det J|] = h(Z) - h(X), and its mean log-likelihood is -h(X): so `gap`, the mean log-determinant
 * less h(Z) less the mean log-likelihood, is 0 for it. It is -E[log p_Z(z)] - h(Z): above 0 where the flow stretches the
 * data further out than the base reaches, below 0 where it squeezes them too tightly.
 */
export interface Volume {
  readonly logDet: Estimate
  /** -E[log p_Z(z)] over the rows. */
  readonly crossEntropy: Estimate
  /** h(Z), where it has a closed form. */
  readonly baseEntropy: number | undefined
  readonly gap: number | undefined
}

/** How far rows come back from where they were: x against toData(toLatent(x)). */
export interface RoundTrip {
  /** The largest distance in one column, in that column's own units. */
  readonly absolute: number
  /** The largest distance as a share of the column's standard deviation. */
  readonly relative: number
  /** Where that share is largest. */
  readonly row: number
  readonly column: string
}

/** Options of `diagnose`. */
export interface DiagnoseOptions extends ScoreOptions {
  /** How many of the worst rows to list. By default 5. */
  readonly worst?: number
}

/**
 * Diagnostics of a trained flow on a table, one pass over the rows in each direction. What a first layer of `standardise`
 * does is done in float64, as in `logDensities`.
 *
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539, for the volume balance
 */
export const diagnose = async (
  flow: Flow,
  params: Arrays,
  data: Dataset,
  { worst = 5, ...options }: DiagnoseOptions = {},
): Promise<Diagnostics> => {
  const given = { key: rowKey(options.seed ?? 0) }
  const units = standardUnits(flow, params)
  const seen = await overRows(
    (at, x) => {
      const { value: z, logDet } = units.flow.toLatent(at, x, given)
      const density = (latent: Example): Example => flow.base.logProb(at.base, latent, given)
      return [density(z), logDet, z, grad(density)(z), units.flow.toData(at, z, given).value]
    },
    flow,
    params,
    units.toStandard(data),
    options,
  )
  const [base, inner, z, slope, back] = seen as readonly [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const logDet = inner.map((x) => x + units.logDet)
  const densities = base.map((x, i) => x + logDet[i]!)
  const baseEntropy = entropyOf(flow, params)
  const crossEntropy = estimate(base.map((x) => -x))
  return {
    rows: data.rows,
    logLikelihood: estimate(densities),
    latent: {
      mean: estimates(z, data.rows),
      secondMoment: estimates(
        z.map((x) => x * x),
        data.rows,
      ),
    },
    balance: {
      shift: estimates(
        slope.map((x) => -x),
        data.rows,
      ),
      scale: estimates(
        slope.map((x, i) => -x * z[i]!),
        data.rows,
      ),
    },
    volume: {
      logDet: estimate(logDet),
      crossEntropy,
      baseEntropy,
      gap: baseEntropy === undefined ? undefined : crossEntropy.value - baseEntropy,
    },
    roundTrip: roundTripOf(data, units.toData(back)),
    worst: worstOf(densities, worst),
  }
}

/** h(Z) of the base with these parameters, where it has a closed form. */
export const entropyOf = ({ base }: Flow, params: Arrays): number | undefined =>
  base.entropy && evaluateWith((at) => base.entropy!(at.base), params).data[0]!

/** The trees of an erased flow's parameters are too general for `evaluateAt` to name their types. */
const evaluateWith = evaluateAt as unknown as (f: (at: FlowParams) => Tensor, params: Arrays) => HostArray

/** Rows in ascending order of density; NaN first, since nothing is worse. */
const worstOf = (densities: Float64Array, count: number): Diagnostics['worst'] =>
  Array.from(densities, (logDensity, row) => ({ row, logDensity }))
    .sort((a, b) => rankOf(a.logDensity) - rankOf(b.logDensity) || a.row - b.row)
    .slice(0, count)
const rankOf = (x: number): number => (x > -Number.MAX_VALUE ? x : x === -Infinity ? -Number.MAX_VALUE : -Infinity)

const roundTripOf = ({ columns, rows, data }: Dataset, back: Float64Array): RoundTrip => {
  const d = columns.length
  const scales = estimates(data, rows).map(({ standardError }) => standardError * Math.sqrt(rows))
  let found: RoundTrip = { absolute: 0, relative: 0, row: 0, column: columns[0]! }
  for (let at = 0; at < data.length; at++) {
    const away = Math.abs(back[at]! - data[at]!)
    const relative = away / (scales[at % d]! || Math.abs(data[at]!) || 1)
    const absolute = away > found.absolute || Number.isNaN(away) ? away : found.absolute
    found =
      relative > found.relative || Number.isNaN(relative)
        ? { absolute, relative, row: Math.floor(at / d), column: columns[at % d]! }
        : { ...found, absolute }
    if (Number.isNaN(relative)) return found
  }
  return found
}
