import type { Example } from '@diffeo/autodiff'
import type { Given } from '../bijector.ts'
import { type StandardiseParams, standardiseKind } from '../bijectors/standardise.ts'
import { chainOf, isChain, layersOf } from '../combinators/chain.ts'
import { type Flow, type FlowParams, over } from '../flow.ts'
import type { Arrays } from './arrays.ts'
import type { Dataset } from './dataset.ts'

/** A flow for an engine that computes in few digits: what its first layer does is done outside, in float64. */
export interface StandardUnits {
  /** Of points in standard units and the parameters of the whole flow; its densities are those in standard units. */
  readonly flow: Flow
  /** log|det J| of the first layer, the same everywhere: added to a log-density it gives the one in the data's units. */
  readonly logDet: number
  /** Whether the parameter of this path belongs to the first layer, so that no engine needs it. */
  isOutside(path: string): boolean
  /** Rows of data in standard units. */
  toStandard(data: Dataset): Dataset
  /** Points in standard units, `[rows, size]` row-major, in the data's. */
  toData(points: Float64Array): Float64Array
}

/**
 * The flow seen from behind a first layer that standardises. An engine that computes in float32 cannot hold a column far
 * from 0 (a date, say) to the digits that tell its rows apart; in standard units it can. So whatever takes rows to an
 * engine or brings points back from it goes through here. A flow that does not begin so is left as it is.
 */
export const standardUnits = (flow: Flow, params: Arrays): StandardUnits => {
  const { bijector } = flow
  if (layersOf(bijector)[0]?.spec.kind !== standardiseKind.kind)
    return { flow, logDet: 0, isOutside: () => false, toStandard: (data) => data, toData: (points) => points }
  const whole = (params as unknown as FlowParams).bijector
  const [mean, logDeviation] = momentsIn(isChain(bijector) ? (whole as readonly unknown[])[0] : whole)
  const d = mean.length
  // As the layer does it, by the same operations.
  const [scale, deviation] = [logDeviation.map((s) => Math.exp(-s)), logDeviation.map(Math.exp)]
  return {
    flow: behindFirst(flow),
    logDet: -logDeviation.reduce((sum, s) => sum + s, 0),
    isOutside: (path) => path.startsWith(isChain(bijector) ? 'bijector.0.' : 'bijector.'),
    toStandard: (data) => ({ ...data, data: data.data.map((x, i) => (x - mean[i % d]!) * scale[i % d]!) }),
    toData: (points) => points.map((z, i) => z * deviation[i % d]! + mean[i % d]!),
  }
}

const momentsIn = (layer: unknown): readonly [Float64Array, Float64Array] => {
  const { mean, logDeviation } = layer as { readonly [K in keyof StandardiseParams]: { readonly data: Float64Array } }
  return [Float64Array.from(mean.data), Float64Array.from(logDeviation.data)]
}

/** The rest of the chain over the same base, which takes the parameters of the whole. */
const behindFirst = (flow: Flow): Flow => {
  const { bijector, base } = flow
  const [first, ...others] = layersOf(bijector)
  const rest = over(base)(chainOf(others, first!.codomain, bijector.codomain))
  const own = (params: FlowParams): FlowParams<readonly unknown[]> => ({
    ...params,
    bijector: isChain(bijector) ? (params.bijector as readonly unknown[]).slice(1) : [],
  })
  return {
    ...flow,
    toLatent: (params, x, given) => rest.toLatent(own(params), x, given),
    toData: (params, z, given) => rest.toData(own(params), z, given),
    logProb: (params, x, given) => rest.logProb(own(params), x, given),
    sample: (params, key: Example, given) => rest.sample(own(params), key, given),
    sampleAndLogProb: (params, key: Example, given) => rest.sampleAndLogProb(own(params), key, given),
    // Moments that are known do not move any more.
    ...(flow.adapt && {
      adapt: (params: FlowParams, x: Example, given?: Given): FlowParams => {
        if (!rest.adapt) return params
        const [known] = params.bijector as readonly unknown[]
        return { ...params, bijector: [known, ...rest.adapt(own(params), x, given).bijector] }
      },
    }),
  }
}
