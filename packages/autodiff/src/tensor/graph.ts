import { make, type Operation } from './operation.ts'
import type { Node } from './tensor.ts'

/** All nodes that the results need, inputs before users. Nodes in `leaves` are not looked behind. Iterative: a chain of any depth works. */
export const topologicalOrder = (results: readonly Node[], leaves: ReadonlySet<Node> = new Set()): readonly Node[] => {
  const order: Node[] = []
  const done = new Set<Node>()
  const path: { readonly node: Node; next: number }[] = []
  for (const result of results) {
    if (done.has(result)) continue
    path.push({ node: result, next: 0 })
    while (path.length > 0) {
      const at = path[path.length - 1]!
      const inputs = leaves.has(at.node) ? [] : at.node.inputs
      const input = inputs[at.next++]
      if (input === undefined) {
        path.pop()
        if (!done.has(at.node)) order.push(at.node)
        done.add(at.node)
      } else if (!done.has(input)) path.push({ node: input, next: 0 })
    }
  }
  return order
}

/** The nodes of an order that depend on any of the given ones, those included. */
export const dependents = (order: readonly Node[], on: ReadonlySet<Node>): ReadonlySet<Node> => {
  const found = new Set<Node>(on)
  for (const node of order) if (node.inputs.some((x) => found.has(x))) found.add(node)
  return found
}

/** The results with some nodes replaced, and all that depends on those rebuilt. */
export const substituteNodes = (results: readonly Node[], replacements: ReadonlyMap<Node, Node>): readonly Node[] => {
  const image = new Map<Node, Node>(replacements)
  for (const node of topologicalOrder(results, new Set(replacements.keys()))) {
    if (image.has(node)) continue
    const inputs = node.inputs.map((x) => image.get(x)!)
    image.set(node, inputs.every((x, i) => x === node.inputs[i]) ? node : rebuilt(node, inputs))
  }
  return results.map((r) => image.get(r)!)
}

/** The same operation on other inputs. */
export const rebuilt = (node: Node, inputs: readonly Node[]): Node => make(node.operation, node.attributes, inputs)

/** One result of an operation that has several. */
export const pickOperation: Operation<{ readonly index: number }> = {
  name: 'pick',
  infer: ({ index }, [x]) => x!.outputs![index]!,
  // Differentiation looks through `pick`: it knows the results of the node behind it.
  reverse: () => [null],
  forward: () => [null],
  kernel: () => () => {},
  show: ({ index }) => String(index),
}

export const pick = (node: Node, index: number): Node => make(pickOperation, { index }, [node])
