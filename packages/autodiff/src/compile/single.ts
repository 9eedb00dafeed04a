import { input, placeholder } from '../tensor/constant.ts'
import { type ContractAttributes, contract, contractOperation } from '../tensor/contract.ts'
import { rebuilt, topologicalOrder } from '../tensor/graph.ts'
import { indexOperation, type Join, joinOperation, spreadOperation } from '../tensor/lanes.ts'
import { loopOperation, makeLoop } from '../tensor/loop.ts'
import { bodyResults, type LoopAttributes, placeholdersOf } from '../tensor/loopBody.ts'
import type { Operation } from '../tensor/operation.ts'
import { type Node, nodeOf } from '../tensor/tensor.ts'
import { runPasses } from './passes.ts'
import { cutPhases } from './phases.ts'
import type { Plan } from './plan.ts'

/**
 * A program for a single example: nothing varies, so that its work runs along the axes of the example instead of beside
 * lanes that are not there. An array of one example, `[...shape, 1]`, is that of a uniform value, `[...shape]`. One more
 * input at the end is the number of the example, an integer.
 */
export const forOneExample = (plan: Plan): Plan => {
  const index = nodeOf(input([], 'int'))
  const images = new Map<Node, Node>(
    plan.inputs.map(({ value: x }) => [x, x.varies ? nodeOf(input(x.shape, x.dtype)) : x] as const),
  )
  const results = imagesOf(
    plan.results.map(({ value }) => value),
    images,
    index,
  )
  const simplified = runPasses(results)
  return {
    inputs: [
      ...plan.inputs.map(({ path, value }) => ({ path, value: images.get(value)! })),
      { path: 'number of the example', value: index },
    ],
    results: plan.results.map(({ path }, i) => ({ path, value: simplified[i]! })),
    structure: plan.structure,
    phases: cutPhases(simplified),
  }
}

/** Nodes with what varied made uniform; `images` has those of the leaves, and of what is known already. */
const imagesOf = (nodes: readonly Node[], images: Map<Node, Node>, index: Node): readonly Node[] => {
  for (const node of topologicalOrder(nodes, new Set(images.keys()))) {
    if (images.has(node)) continue
    const inputs = node.inputs.map((x) => images.get(x)!)
    images.set(node, imageOf(node, inputs, images, index))
  }
  return nodes.map((x) => images.get(x)!)
}

const imageOf = (node: Node, inputs: readonly Node[], images: ReadonlyMap<Node, Node>, index: Node): Node => {
  const [x, y] = inputs
  switch (node.operation) {
    case indexOperation as Operation:
      return index
    case spreadOperation as Operation:
      return x!
    case joinOperation as Operation:
      return (node.attributes as { readonly join: Join }).join.single(x!)
    case contractOperation as Operation:
      return contract({ ...(node.attributes as ContractAttributes), overLanes: false }, x!, y!)
    case loopOperation as Operation:
      return loopOf(node as Node<LoopAttributes>, inputs, images, index)
    default:
      return inputs.every((input, i) => input === node.inputs[i]) ? node : rebuilt(node, inputs)
  }
}

const loopOf = (
  { attributes: a }: Node<LoopAttributes>,
  inputs: readonly Node[],
  images: ReadonlyMap<Node, Node>,
  index: Node,
): Node => {
  const { length } = a.carries
  const inside = new Map(images)
  for (const node of placeholdersOf(a))
    inside.set(node, placeholder({ shape: node.shape, dtype: node.dtype, varies: false }))
  imagesOf(bodyResults(a), inside, index)
  const image = (x: Node): Node => inside.get(x)!
  return makeLoop(a.count, a.backwards, inputs.slice(0, length), inputs.slice(length, length + a.slices.length), {
    index: image(a.index),
    carries: a.carries.map(image),
    slices: a.slices.map(image),
    nextCarries: a.nextCarries.map(image),
    outputs: a.outputs.map(image),
    stop: a.stop && image(a.stop),
  }).node
}
