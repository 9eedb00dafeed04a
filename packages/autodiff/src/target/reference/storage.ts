import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type ConstantAttributes, constantOperation } from '../../tensor/constant.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { kindsOf, type Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import type { Rounding } from './rounding.ts'

/** The array of a uniform value, by node; a view gives the piece of its owner's array. */
export type UniformArrays = (node: Node, output?: number) => Float64Array

/** One array for each uniform value of a plan. A node with some varying results has its uniform ones here too. */
export const allocateUniform = (plan: Plan): UniformArrays => {
  const arrays = new Map<Node, readonly Float64Array[]>()
  const all = topologicalOrder([...plan.inputs, ...plan.results].map(({ value }) => value))
  for (const node of all) {
    if (placeOf(node).node !== node) continue
    if (isConstant(node)) arrays.set(node, [ownDataOf(node)])
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

const isConstant = (node: Node): node is Node<ConstantAttributes> => node.operation === (constantOperation as Operation)

/** Constants that float32 does not hold are rounded in some runs, so they lie in an array of the program. */
const ownDataOf = ({ attributes: { data } }: Node<ConstantAttributes>): Float64Array =>
  data.every((v) => Object.is(v, Math.fround(v))) ? data : data.slice()

/** Puts constants into their arrays, as they are or as another number format holds them. */
export const constantsOf = (plan: Plan, uniform: UniformArrays): ((rounding: Rounding | undefined) => void) => {
  const own = topologicalOrder(plan.results.map(({ value }) => value)).filter(
    (node): node is Node<ConstantAttributes> => isConstant(node) && uniform(node) !== node.attributes.data,
  )
  let rounded = false
  return (rounding) => {
    if (!rounded && !rounding) return
    for (const node of own) {
      uniform(node).set(node.attributes.data)
      rounding?.(node, [uniform(node)], [], 1)
    }
    rounded = rounding !== undefined
  }
}

/** Varying values kept for all lanes, `[...shape, lanes]` for each result of a node: inputs, and what outlives its phase. */
export type KeptArrays = Map<Node, readonly Float64Array[]>
