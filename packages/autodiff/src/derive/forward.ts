import { dependents, pickOperation, topologicalOrder } from '../tensor/graph.ts'
import type { Derive } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'

/** Tangents of `results` from those of `inputs`: each node's row, from the first to the last. Null stands for zero. `derive` is what a loop differentiates its body with. */
export const forwardThrough = (
  derive: Derive,
  results: readonly Node[],
  inputs: readonly Node[],
  tangents: readonly (Node | null)[],
): readonly (Node | null)[] => {
  const moving = inputs.filter((_, i) => tangents[i])
  const order = topologicalOrder(results, new Set(inputs))
  const active = dependents(order, new Set(moving))
  const found = new Map<Node, readonly (Node | null)[]>(inputs.map((x, i) => [x, [tangents[i] ?? null]]))
  const tangentOf = (x: Node): Node | null => found.get(x)?.[0] ?? null
  for (const node of order) {
    if (found.has(node) || !active.has(node)) continue
    if (node.operation === pickOperation)
      found.set(node, [found.get(node.inputs[0]!)?.[(node.attributes as { readonly index: number }).index] ?? null])
    else {
      const moved = node.inputs.map(tangentOf)
      // What only depends on the inputs through a barrier does not move.
      if (moved.some((t) => t)) found.set(node, node.operation.forward(node, moved, derive))
    }
  }
  return results.map(tangentOf)
}
