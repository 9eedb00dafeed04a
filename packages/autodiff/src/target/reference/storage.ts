import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type ConstantAttributes, constantOperation } from '../../tensor/constant.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { kindsOf, type Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'

/** The array of a uniform value, by node; a view gives the piece of its owner's array. */
export type UniformArrays = (node: Node, output?: number) => Float64Array

/** One array for each uniform value of a plan. A node with some varying results has its uniform ones here too. */
export const allocateUniform = (plan: Plan): UniformArrays => {
  const arrays = new Map<Node, readonly Float64Array[]>()
  const all = topologicalOrder([...plan.inputs, ...plan.results].map(({ value }) => value))
  for (const node of all) {
    if (placeOf(node).node !== node) continue
    if (node.operation === (constantOperation as Operation))
      arrays.set(node, [(node.attributes as ConstantAttributes).data])
    else
      arrays.set(
        node,
        kindsOf(node).map(({ shape, varies }) => new Float64Array(varies ? 0 : sizeOf(shape))),
      )
  }
  const views = new Map<Node, Float64Array>()
  return (node, output = 0) => {
    const place = placeOf(node)
    if (place.node === node) return arrays.get(node)![output]!
    const known =
      views.get(node) ??
      arrays.get(place.node)![place.output]!.subarray(place.offset, place.offset + sizeOf(node.shape))
    views.set(node, known)
    return known
  }
}

/** Varying values kept for all lanes, `[...shape, lanes]` for each result of a node: inputs, and what outlives its phase. */
export type KeptArrays = Map<Node, readonly Float64Array[]>
