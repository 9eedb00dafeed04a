import { mistake } from '../error.ts'
import { type InputAttributes, inputOperation } from '../tensor/constant.ts'
import { topologicalOrder } from '../tensor/graph.ts'
import { type Example, isTensor, type Node, nodeOf } from '../tensor/tensor.ts'
import { flattenWith, type Leaf, type Tree } from '../tree.ts'

/** A function written out once as a graph: its inputs and results by path. */
export interface Trace {
  readonly inputs: readonly Leaf<Node>[]
  readonly results: readonly Leaf<Node>[]
  /** The tree of the results, whose leaves are put back in this order. */
  readonly structure: Tree<Example>
}

export const isTensorLeaf = isTensor as (x: Tree<Example>) => x is Example

export const trace = <I extends Tree<Example>, O extends Tree<Example>>(f: (inputs: I) => O, signature: I): Trace => {
  const inputs = leaves(signature)
  for (const { path, value } of inputs)
    if (value.operation !== inputOperation)
      mistake(`compile: ${path || 'the input'} of the signature is not made by input() or example().`)
  const structure = f(signature)
  const results = leaves(structure)
  const known = new Set(inputs.map(({ value }) => value))
  for (const node of topologicalOrder(results.map(({ value }) => value)))
    if (node.operation === inputOperation && !known.has(node)) {
      const { shape, varies } = node.attributes as InputAttributes
      mistake(
        `compile: the function uses ${varies ? 'an example' : 'an input'} of shape [${shape.join(', ')}] that is not in its signature.`,
      )
    }
  return { inputs, results, structure }
}

const leaves = (tree: Tree<Example>): readonly Leaf<Node>[] =>
  flattenWith(isTensorLeaf, tree).map(({ path, value }) => ({ path, value: nodeOf(value) }))
