import { add, type Example, type HostArray } from '@diffeo/autodiff'
import { standardiseKind } from '../bijectors/standardise.ts'
import { type Chain, chainOf, isChain } from '../combinators/chain.ts'
import type { Flow, FlowParams } from '../flow.ts'
import type { Partition } from '../parameters.ts'
import type { Dataset } from './dataset.ts'
import type { Job } from './job.ts'

/**
 * The job seen from behind a first layer that standardises: its rows in standard units, made here in float64, and a flow
 * that begins with the second layer. An engine that computes in float32 cannot hold a column far from 0 (a date, say)
 * to the digits that tell its rows apart. Parameters and log-likelihoods stay those of the whole flow. A job that does
 * not begin so, or whose first layer still learns its moments, is left as it is.
 */
export const inStandardUnits = (job: Job, adapts: boolean, state: Partition<HostArray>['state']): Job => {
  const { flow, training, validation } = job
  const { bijector } = flow
  const mean = state['bijector.0.mean']
  const logDeviation = state['bijector.0.logDeviation']
  if (adapts || !isChain(bijector) || bijector.layers[0]?.spec.kind !== standardiseKind.kind || !mean || !logDeviation)
    return job
  const move = (data: Dataset): Dataset => standardised(data, mean.data, logDeviation.data)
  return {
    ...job,
    flow: behindFirst(flow, -Array.from(logDeviation.data).reduce((sum, s) => sum + s, 0)),
    training: move(training),
    ...(validation && { validation: move(validation) }),
  }
}

/** As the layer does it, by the same operations. */
const standardised = (data: Dataset, mean: ArrayLike<number>, logDeviation: ArrayLike<number>): Dataset => {
  const scale = Array.from(logDeviation, (s) => Math.exp(-s))
  const d = scale.length
  return { ...data, data: data.data.map((x, i) => (x - mean[i % d]!) * scale[i % d]!) }
}

/** The flow on points that the first layer has already moved, with that layer's log-determinant. */
const behindFirst = (flow: Flow, logDet: number): Flow => {
  const chain = flow.bijector as Chain
  const rest = chainOf(chain.layers.slice(1), chain.layers[0]!.codomain, chain.codomain)
  return {
    ...flow,
    logProb: (params: FlowParams, x: Example, given = {}) => {
      const at = rest.forward((params.bijector as readonly unknown[]).slice(1), x, given)
      return add(flow.base.logProb(params.base, at.value, given), add(at.logDet, logDet))
    },
  }
}
