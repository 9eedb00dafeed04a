import { add } from '../tensor/elementwise.ts'
import { dependents, pickOperation, topologicalOrder } from '../tensor/graph.ts'
import { cotangentFor, lanes } from '../tensor/lanes.ts'
import { type Derive, kindsOf } from '../tensor/operation.ts'
import { type Node, nodeOf } from '../tensor/tensor.ts'

/**
 * Cotangents of `inputs` from those of `results`: each node's row, from the last to the first. A node that does not
 * lead to an input costs nothing.
 *
 * A uniform value used in varying work gets the sum over the lanes, unless `sumLanes` is false (inside a loop body,
 * where lanes cannot meet, the sum waits until after the loop). `derive` is what a loop differentiates its body with.
 */
export const reverseThrough = (
  derive: Derive,
  results: readonly Node[],
  cotangents: readonly (Node | null)[],
  inputs: readonly Node[],
  sumLanes: boolean,
): readonly (Node | null)[] => {
  // The inputs are independent variables: one that is computed from another passes nothing on to it here.
  const leaves = new Set(inputs)
  const order = topologicalOrder(results, leaves)
  const active = dependents(order, leaves)
  const found = new Map<Node, (Node | null)[]>()

  const accumulate = (node: Node, slot: number, g: Node): void => {
    const slots = found.get(node) ?? kindsOf(node).map(() => null)
    found.set(node, slots)
    const before = slots[slot] ?? null
    slots[slot] = before ? nodeOf(add(before, g)) : g
  }
  /** A pick's cotangent belongs to one result of the node behind it. */
  const receive = (node: Node, g: Node): void => {
    if (!active.has(node) || node.dtype !== 'float') return
    const own = sumLanes ? cotangentFor(node, g) : g
    if (node.operation === pickOperation && !leaves.has(node))
      accumulate(node.inputs[0]!, (node.attributes as { readonly index: number }).index, own)
    else accumulate(node, 0, own)
  }

  results.forEach((result, i) => {
    const g = cotangents[i]
    // Of a varying result every example has its cotangent, so that a uniform value it depends on gets their sum.
    if (g) receive(result, sumLanes && result.varies ? nodeOf(lanes.spread(g)) : g)
  })
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!
    const slots = found.get(node)
    if (!slots || leaves.has(node) || node.inputs.length === 0 || node.operation === pickOperation) continue
    const wanted = node.inputs.map((x) => active.has(x) && x.dtype === 'float')
    node.operation.reverse(node, slots, wanted, derive).forEach((g, k) => {
      if (g && wanted[k]) receive(node.inputs[k]!, g)
    })
  }
  return inputs.map((x) => found.get(x)?.[0] ?? null)
}
