import { type Example, evaluateAt, fromRows, type HostArray, type Tensor, toRows } from '@diffeo/autodiff'
import { type Arrays, inputsOf } from './files.ts'
import { flowOf } from './flow.ts'
import { flattened, graphsOf, type Named, named } from './graphs.ts'
import { parametersForPeers, pointsForPeers } from './layout.ts'
import { CHECKED, type Work } from './work.ts'

/** What a check must give, from float64: by the reference engine, or by plain loops where the work is one operation. */
export const expectedOf = (work: Work): { readonly own: Arrays; readonly peer: Arrays } => {
  const inputs = inputsOf(work).own
  switch (work.kind) {
    case 'exp':
      return same({ values: inputs.values!.map(Math.exp) })
    case 'contraction':
      return same({ values: chain(work, inputs.weights!, inputs.values!) })
    default: {
      const { model, rows } = work
      const flow = flowOf(model)
      const graphs = graphsOf(flow)
      const params = named(flow, inputs.parameters!)
      const points = (name: string, count: number) =>
        fromRows(inputs[name]!.subarray(0, count * model.dim), count, [model.dim])
      const at = <O>(f: (at: never) => O, batch: HostArray): unknown =>
        evaluateAt(f as unknown as (inputs: unknown) => Example, { params, batch } as never)
      switch (work.kind) {
        case 'train': {
          const found = at(graphs.lossAndGradient, points('rows', rows)) as {
            readonly loss: HostArray
            readonly gradient: Named<HostArray>
          }
          const loss = Float32Array.from(found.loss.data)
          const gradient = flattened(flow, found.gradient)
          return { own: { loss, gradient }, peer: { loss, gradient: parametersForPeers(model, gradient) } }
        }
        case 'compile': {
          const loss = at(
            ({ params: p, batch }: { params: Named<Tensor>; batch: Example }) => graphs.loss(p, batch),
            points('rows', rows),
          ) as HostArray
          return same({ loss: Float32Array.from(loss.data) })
        }
        case 'logProb':
          return same({
            values: Float32Array.from((at(graphs.logProb, points('rows', CHECKED)) as HostArray).data),
          })
        case 'sample': {
          const values = Float32Array.from(toRows(at(graphs.toData, points('latent', CHECKED)) as HostArray))
          return { own: { values }, peer: { values: pointsForPeers(model, values) } }
        }
      }
    }
  }
}

const same = (arrays: Arrays): { readonly own: Arrays; readonly peer: Arrays } => ({ own: arrays, peer: arrays })

const chain = (
  { size, rows, depth }: Extract<Work, { readonly kind: 'contraction' }>,
  weights: Float32Array,
  values: Float32Array,
): Float32Array => {
  let at = Float64Array.from(values)
  for (let d = 0; d < depth; d++) {
    const next = new Float64Array(size * rows)
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++) {
        const w = weights[(d * size + i) * size + k]!
        for (let j = 0; j < rows; j++) next[i * rows + j]! += w * at[k * rows + j]!
      }
    at = next
  }
  return Float32Array.from(at)
}
