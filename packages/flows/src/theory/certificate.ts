import { type Engine, open } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Flow, FlowParams } from '../flow.ts'
import type { Arrays } from '../train/arrays.ts'
import { type Dataset, rowsAt } from '../train/dataset.ts'
import { draw } from '../train/draw.ts'
import type { ScoreOptions } from '../train/score.ts'
import { type Advice, adviceFor } from './certificateAdvice.ts'
import { type CertificateFinding, findingsOf } from './certificateFindings.ts'
import { type Diagnostics, diagnose, entropyOf } from './diagnostics.ts'
import type { Estimate } from './estimate.ts'
import { float32Errors, predictedLogDensityError } from './float32Errors.ts'
import type { HeavyTail } from './heavyTails.ts'
import { inverseStretchBound } from './inverseStretchBound.ts'
import { knownNumbers } from './knownNumbers.ts'
import { type LayerCertificate, layerCertificate } from './layerCertificate.ts'
import { type LayeredFlow, layersOfFlow } from './layersOfFlow.ts'
import { linearCeiling } from './linearCeiling.ts'
import { type LocalStretch, localStretch } from './localStretch.ts'
import { most } from './most.ts'
import { boxOf, type RegionBounds, regionBounds, widened } from './regionBounds.ts'
import { type WorstRow, worstRows } from './worstRows.ts'

/** The largest of something predicted and of what was measured, over the rows looked at. */
export interface Predicted {
  readonly predicted: number
  readonly measured: number
}

/** Singular values of the Jacobian over points: the least, the median and the most of the smallest and the largest. */
export interface StretchRange {
  readonly points: number
  readonly smallest: Spread
  readonly largest: Spread
}
export interface Spread {
  readonly least: number
  readonly median: number
  readonly most: number
}

/**
 * What is known of a trained flow's stability. Stretches and distances are in the units behind a first layer that
 * standardises, where the flow has one (`units`), else in the data's own.
 */
export interface Certificate {
  readonly columns: readonly string[]
  /** Of the sample, and how many of them were looked at one by one. */
  readonly rows: number
  readonly looked: number
  readonly units: 'standardised' | 'original'
  /** Composed bounds on the box of all rows, on one `factor` times as wide, and on the whole domain. */
  readonly bounds: {
    readonly box: RegionBounds
    readonly wider: RegionBounds & { readonly factor: number }
    readonly everywhere: RegionBounds
  }
  readonly local: { readonly sample: StretchRange; readonly draws: StretchRange }
  /** Largest distances, in float32. */
  readonly roundTrip: { readonly toLatentAndBack: Predicted; readonly toDataAndBack: Predicted }
  /** Largest error of a log-density in float32, nats. */
  readonly logDensity: Predicted
  /** What every exact flow of these data exceeds. */
  readonly least: {
    /**
     * exp((h(Z) + L)/d), where the base's entropy is known; L the highest mean log-likelihood known of these data, less two
     * standard errors: this flow's own, which rarely proves more than the flow does, the best linear map's (less what it
     * loses on other rows), or one that was given.
     */
    readonly forward: number | undefined
    /** √λ_max of the covariance less three standard errors, for a standard normal base. */
    readonly inverse: number | undefined
    readonly heavyTails: readonly HeavyTail[]
  }
  readonly logLikelihood: Estimate
  readonly balance: Diagnostics['balance']
  readonly volume: Diagnostics['volume']
  readonly layers: readonly LayerCertificate[]
  /** The worst conditioned rows of the sample, the worst first. */
  readonly worst: readonly WorstRow[]
  readonly findings: readonly CertificateFinding[]
  readonly advice: readonly Advice[]
}

/** Options of `certificate`. */
export interface CertificateOptions {
  /** Rows, and draws, that are looked at one by one; fewer where the flow is wide and deep. By default 256. */
  readonly look?: number
  /** How many times as wide as the data the second box is. By default 3. */
  readonly factor?: number
  /** By default 5. */
  readonly worst?: number
  /** A mean log-likelihood per row of any other model on held-out rows, less its error: a higher one proves more stretch. */
  readonly logLikelihood?: number
  /** By default 0. */
  readonly seed?: number
}

/** Multiplications in all decompositions together, about. */
const WORK = 5e7
/**
 * What a trained flow does to distances, what it states about that, and what float32 makes of it, on a sample that should
 * be held out.
 *
 * @see Liao & He 2021, Jacobian determinant of normalizing flows, arXiv 2102.06539; Behrmann et al. 2021, Understanding and
 * mitigating exploding inverses in invertible neural networks
 * @example
 * (await theory.certificate(flow, params, heldOut)).advice.map(theory.explainAdvice)
 */
export const certificate = async (
  flow: Flow,
  params: Arrays,
  sample: Dataset,
  { look = 256, factor = 3, worst = 5, seed = 0, logLikelihood = -Infinity }: CertificateOptions = {},
): Promise<Certificate> => {
  const float64 = await open('auto', { precision: 'float64' })
  const float32 = await openFloat32()
  try {
    const layered = layersOfFlow(flow, params)
    const { units, layers } = layered
    const { toStandard } = units
    const d = sample.columns.length
    const wanted = Math.min(look, Math.floor(WORK / (d ** 3 * Math.max(1, layers.length))))
    const places = spreadOut(sample.rows, Math.max(8, wanted))
    const rows = toStandard(rowsAt(sample, places))
    const drawn = await draw(flow, params, { count: places.length, seed, engine: float64 })
    const draws = toStandard({ columns: sample.columns, rows: drawn.rows, data: drawn.data })
    const options: ScoreOptions = { engine: float64, seed }
    const here = await localStretch(layered, params, rows, options)
    const there = await localStretch(layered, params, draws, options)
    const errors = await float32Errors(layered, params, rows, here.latents, { float32, float64 }, seed)
    const back = await float32Errors(layered, params, draws, there.latents, { float32, float64 }, seed)
    const predicted = predictedLogDensityError(layered, params, rows, seed)
    const seen = await diagnose(flow, params, sample, { engine: float64, seed, worst })
    const bounds = boundsOf(layered, flow, params, toStandard(sample), factor)
    const findings = findingsOf(places, bounds.box, here, errors.logDensity, predicted)
    const whole = {
      columns: sample.columns,
      rows: sample.rows,
      looked: places.length,
      units: layered.standardised ? 'standardised' : 'original',
      bounds,
      local: { sample: rangeOf(here), draws: rangeOf(there) },
      roundTrip: {
        toLatentAndBack: { predicted: most(here.toLatentAndBack), measured: most(errors.toLatentAndBack) },
        toDataAndBack: { predicted: most(there.toDataAndBack), measured: most(back.toDataAndBack) },
      },
      logDensity: { predicted: most(predicted), measured: most(errors.logDensity) },
      least: leastOf(flow, params, seen, toStandard(sample), units.logDet, logLikelihood),
      logLikelihood: seen.logLikelihood,
      balance: seen.balance,
      volume: seen.volume,
      layers: layers.map((layer, k) => layerCertificate(layer, bounds.box.layers[k]!, here.layers[k]!)),
      worst: worstRows(places, here, errors, units.logDet, worst),
      findings,
    } as const
    return { ...whole, advice: adviceFor(whole) }
  } finally {
    float64.dispose()
    float32.dispose()
  }
}

/** An engine in float32; the reference, rounding like one, where the platform has no other. */
const openFloat32 = async (): Promise<Engine> => {
  const engine = await open('auto')
  if (engine.precision === 'float32' && engine.target !== 'reference') return engine
  engine.dispose()
  return open('reference', { precision: 'float32' })
}

/** At even distances. */
const spreadOut = (rows: number, count: number): Uint32Array => {
  const some = Math.min(rows, count)
  return Uint32Array.from({ length: some }, (_, i) => Math.floor((i * rows) / some))
}

const boundsOf = (
  { layers }: LayeredFlow,
  flow: Flow,
  params: Arrays,
  data: Dataset,
  factor: number,
): Certificate['bounds'] => {
  const known = knownNumbers(params) as FlowParams
  const box = boxOf(data)
  const on = (times: number): RegionBounds => regionBounds(layers, known, widened(box, times, flow.domain))
  return { box: on(1), wider: { ...on(factor), factor }, everywhere: on(Infinity) }
}

const leastOf = (
  flow: Flow,
  params: Arrays,
  { logLikelihood }: Diagnostics,
  data: Dataset,
  unitsLogDet: number,
  other: number,
): Certificate['least'] => {
  const entropy = entropyOf(flow, params)
  const lowest = ({ value, standardError }: Estimate): number => value - 2 * standardError
  const linear = linearCeiling(data)
  const low = Math.max(
    lowest(logLikelihood) - unitsLogDet,
    other - unitsLogDet,
    E.isRight(linear) ? lowest(linear.right.original.linear) - linear.right.lostOnOtherRows : -Infinity,
  )
  const stretch = flow.base.spec.kind === 'standardNormal' ? inverseStretchBound(data) : undefined
  const known = stretch && E.isRight(stretch) ? stretch.right : undefined
  return {
    forward: entropy === undefined ? undefined : Math.exp((entropy + low) / data.columns.length),
    inverse: known && known.original.bound.value - 3 * known.original.bound.standardError,
    heavyTails: known?.heavyTails ?? [],
  }
}

const rangeOf = ({ smallest, largest }: LocalStretch): StretchRange => ({
  points: smallest.length,
  smallest: spreadOf(smallest),
  largest: spreadOf(largest),
})
const spreadOf = (values: Float64Array): Spread => {
  const sorted = values.slice().sort()
  return { least: sorted[0]!, median: sorted[sorted.length >> 1]!, most: sorted.at(-1)! }
}
