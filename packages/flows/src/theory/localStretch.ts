import { type Example, jacobian, reshape, sizeOf } from '@diffeo/autodiff'
import type { FlowParams } from '../flow.ts'
import type { Arrays } from '../train/arrays.ts'
import type { Dataset } from '../train/dataset.ts'
import { overRows, rowKey, type ScoreOptions } from '../train/score.ts'
import { type Estimate, estimate } from './estimate.ts'
import type { LayeredFlow } from './layersOfFlow.ts'
import { productOf, singularValues } from './singularValues.ts'

/** Unit of the last place of 1 in float32. */
const EPSILON = 2 ** -23

/** What a flow does about each point, from the Jacobians of its layers. Distances in the layers' own units. */
export interface LocalStretch {
  /** Singular values of the whole Jacobian at both ends, `[rows]` each. */
  readonly smallest: Float64Array
  readonly largest: Float64Array
  /** log|det| that the flow states less that of the Jacobian, `[rows]`. */
  readonly logDetError: Float64Array
  /** What float32 makes of going there and back, as predicted: ε Σ_k |h_k| times the stretch from h_k to the end, `[rows]`. */
  readonly toLatentAndBack: Float64Array
  readonly toDataAndBack: Float64Array
  /** `[rows, size]` */
  readonly latents: Float64Array
  readonly layers: readonly LayerStretch[]
}

/** One layer over all points. */
export interface LayerStretch {
  /** log|det|: above 0 where it expands. */
  readonly logDet: Estimate
  /** Of the logarithms of singular values at both ends, the means: how far it stretches and squeezes. */
  readonly logLargest: Estimate
  readonly logSmallest: Estimate
  /** The largest and smallest of all. */
  readonly largest: number
  readonly smallest: number
  /** How far the points that it is given reach, `[size]`. */
  readonly reach: Float64Array
}

/** `data` in the units that the layers see. */
export const localStretch = async (
  { units, layers }: LayeredFlow,
  params: Arrays,
  data: Dataset,
  options: ScoreOptions,
): Promise<LocalStretch> => {
  const n = data.columns.length
  const given = { key: rowKey(options.seed ?? 0) }
  const found = await overRows(
    (at: FlowParams, x: Example) => {
      const results: Example[] = []
      let h = x
      for (const { layer, own } of layers) {
        const here = h
        const p = own(at)
        const { value, logDet } = layer.forward(p, here, given)
        const through = (v: Example): Example =>
          reshape(layer.forward(p, reshape(v, here.shape), given).value, [sizeOf(value.shape)])
        results.push(reshape(here, [n]), reshape(jacobian(through)(reshape(here, [n])), [n * n]), logDet)
        h = value
      }
      return [...results, reshape(h, [n])]
    },
    units.flow,
    params,
    data,
    options,
  )
  const { rows } = data
  const of = (k: number, part: 0 | 1 | 2): Float64Array => found[3 * k + part]!
  const latents = found[3 * layers.length]!
  const own = layers.map(() => ({
    logDet: new Float64Array(rows),
    logLargest: new Float64Array(rows),
    logSmallest: new Float64Array(rows),
  }))
  const whole = {
    smallest: new Float64Array(rows),
    largest: new Float64Array(rows),
    logDetError: new Float64Array(rows),
    toLatentAndBack: new Float64Array(rows),
    toDataAndBack: new Float64Array(rows),
  }
  for (let i = 0; i < rows; i++) {
    const matrix = (k: number): Float64Array => of(k, 1).subarray(i * n * n, (i + 1) * n * n)
    const size = (points: Float64Array): number => Math.hypot(...points.subarray(i * n, (i + 1) * n))
    const sizes = [...layers.map((_, k) => size(of(k, 0))), size(latents)]
    let through: Float64Array = identity(n)
    let [back, stated, exact] = [sizes[0]!, 0, 0]
    let ends: Float64Array = singularValues(through, n)
    layers.forEach((_, k) => {
      through = productOf(matrix(k), through, n)
      ends = singularValues(through, n)
      back += sizes[k + 1]! / ends[n - 1]!
      const values = singularValues(matrix(k), n)
      own[k]!.logLargest[i] = Math.log(values[0]!)
      own[k]!.logSmallest[i] = Math.log(values[n - 1]!)
      own[k]!.logDet[i] = of(k, 2)[i]!
      stated += of(k, 2)[i]!
      exact += values.reduce((sum, s) => sum + Math.log(s), 0)
    })
    let rest: Float64Array = identity(n)
    let there = sizes[layers.length]!
    for (let k = layers.length - 1; k >= 0; k--) {
      rest = productOf(rest, matrix(k), n)
      there += sizes[k]! * singularValues(rest, n)[0]!
    }
    whole.smallest[i] = ends[n - 1]!
    whole.largest[i] = ends[0]!
    whole.logDetError[i] = stated - exact
    // Each intermediate value is rounded on the way there and on the way back.
    whole.toLatentAndBack[i] = 2 * EPSILON * back
    whole.toDataAndBack[i] = 2 * EPSILON * there
  }
  return {
    ...whole,
    latents,
    layers: own.map(({ logDet, logLargest, logSmallest }, k) => ({
      logDet: estimate(logDet),
      logLargest: estimate(logLargest),
      logSmallest: estimate(logSmallest),
      largest: Math.exp(logLargest.reduce((a, b) => Math.max(a, b), -Infinity)),
      smallest: Math.exp(logSmallest.reduce((a, b) => Math.min(a, b), Infinity)),
      reach: reachOf(of(k, 0), n),
    })),
  }
}

const identity = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, e) => (e % (n + 1) === 0 ? 1 : 0))

const reachOf = (points: Float64Array, n: number): Float64Array => {
  const reach = new Float64Array(n)
  points.forEach((x, e) => {
    reach[e % n] = Math.max(reach[e % n]!, Math.abs(x))
  })
  return reach
}
