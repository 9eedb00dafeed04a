import {
  adam,
  type Example,
  type HostArray,
  lanes,
  neg,
  type Optimiser,
  random,
  sizeOf,
  type Tensor,
  valueAndGrad,
} from '@diffeo/autodiff'
import { type Flow, type FlowParams, joinPartition, leavesOf } from '@diffeo/flows'

export interface Named<T> {
  readonly [path: string]: T
}

/** The library's side of the work, as functions of tensors. Parameters are a record by path. */
export interface Graphs {
  readonly optimiser: Optimiser
  readonly loss: (params: Named<Tensor>, batch: Example) => Tensor
  readonly lossAndGradient: (at: Batch) => { readonly loss: Tensor; readonly gradient: Named<Tensor> }
  readonly step: (at: Batch & { readonly optimiser: Named<Tensor> }) => {
    readonly loss: Tensor
    readonly params: Named<Tensor>
    readonly optimiser: Named<Tensor>
  }
  readonly logProb: (at: Batch) => Example
  readonly toData: (at: Batch) => Example
  readonly sample: (at: { readonly params: Named<Tensor> }) => Example
}
interface Batch {
  readonly params: Named<Tensor>
  readonly batch: Example
}

export const graphsOf = (flow: Flow): Graphs => {
  const join = (trained: Named<Tensor>): FlowParams => joinPartition(flow.parameters, { trained, state: {} })
  const optimiser = adam({ learningRate: 1e-3 })
  const loss: Graphs['loss'] = (params, batch) => neg(lanes.mean(flow.logProb(join(params), batch)))
  const both = ({ params, batch }: Batch) => valueAndGrad((p: Named<Tensor>) => loss(p, batch))(params)
  return {
    optimiser,
    loss,
    lossAndGradient: (at) => {
      const [value, gradient] = both(at)
      return { loss: value, gradient }
    },
    step: (at) => {
      const [value, gradient] = both(at)
      const next = optimiser.update(gradient, at.optimiser, at.params)
      return { loss: value, params: next.params, optimiser: next.state as Named<Tensor> }
    },
    logProb: ({ params, batch }) => flow.logProb(join(params), batch),
    toData: ({ params, batch }) => flow.toData(join(params), batch).value,
    sample: ({ params }) => flow.sample(join(params), random.foldIn(random.key(7), lanes.index())),
  }
}

/** Parameters that lie one after another, by path: the order in which a flow declares them. */
export const named = (flow: Flow, flat: Float32Array): Named<HostArray> => {
  let at = 0
  const entries = leavesOf(flow.parameters).map(({ path, parameter: { shape } }) => {
    const data = flat.slice(at, at + sizeOf(shape))
    at += data.length
    return [path, { data, shape }] as const
  })
  if (at !== flat.length) throw new Error(`The flow declares ${at} numbers, its layout ${flat.length}.`)
  return Object.fromEntries(entries)
}

/** What `named` undoes. */
export const flattened = (flow: Flow, arrays: Named<HostArray>): Float32Array =>
  Float32Array.from(leavesOf(flow.parameters).flatMap(({ path }) => Array.from(arrays[path]!.data)))
