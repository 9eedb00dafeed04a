import { sizeOf } from '../src/shape.ts'
import { inputOperation } from '../src/tensor/constant.ts'
import { pickOperation, topologicalOrder } from '../src/tensor/graph.ts'
import { countOperation, isJoin, joinKernel } from '../src/tensor/lanes.ts'
import { kindsOf } from '../src/tensor/operation.ts'
import { type Node, nodeOf, type Tensor } from '../src/tensor/tensor.ts'

/**
 * Values of tensors by the kernels of their nodes one after another, without compiling: the simplest thing that can
 * judge what a rewrite did. Values of inputs are laid out `[...shape, lanes]`.
 */
export const interpretNodes = (
  results: readonly Tensor<'example'>[],
  inputs: ReadonlyMap<Tensor<'example'>, ArrayLike<number>> = new Map(),
  lanes = 1,
): readonly Float64Array[] => {
  const values = new Map<Node, readonly Float64Array[]>()
  for (const [x, data] of inputs) values.set(nodeOf(x), [Float64Array.from(data)])
  for (const node of topologicalOrder(results.map(nodeOf), new Set([...inputs.keys()].map(nodeOf)))) {
    if (values.has(node)) continue
    if (node.operation === inputOperation) throw new Error('interpretNodes: an input without a value')
    values.set(
      node,
      valuesOf(
        node,
        node.inputs.map((x) => values.get(x)!),
        lanes,
      ),
    )
  }
  return results.map((r) => values.get(nodeOf(r))![0]!)
}

const valuesOf = (node: Node, inputs: readonly (readonly Float64Array[])[], lanes: number): readonly Float64Array[] => {
  if (node.operation === pickOperation) return [inputs[0]![(node.attributes as { readonly index: number }).index]!]
  if (node.operation === countOperation) return [Float64Array.of(lanes)]
  const first = inputs.map((x) => x[0]!)
  const outputs = kindsOf(node).map((k) => new Float64Array(sizeOf(k.shape) * (k.varies ? lanes : 1)).fill(NaN))
  if (isJoin(node)) {
    const { start, absorb, finish } = joinKernel(node)
    const state = start()
    for (let from = 0; from < lanes; from += TILE) {
      const to = Math.min(lanes, from + TILE)
      absorb(
        state,
        first.map((x, k) => (node.inputs[k]!.varies ? lanesOf(x, lanes, from, to) : x)),
        to - from,
      )
    }
    finish(state, outputs[0]!)
  } else {
    const varies = node.varies || kindsOf(node).some((k) => k.varies)
    node.operation.kernel(node)(outputs, first, varies ? lanes : 1, { offset: 0 })
  }
  return outputs
}

/** Lanes that meet at a time: how sums over examples are grouped is part of their meaning. */
const TILE = 64

const lanesOf = (x: Float64Array, lanes: number, from: number, to: number): Float64Array => {
  const count = to - from
  return Float64Array.from(
    { length: (x.length / lanes) * count },
    (_, i) => x[Math.floor(i / count) * lanes + from + (i % count)]!,
  )
}
