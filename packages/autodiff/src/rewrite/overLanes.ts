import { div, mul, neg, where } from '../scalar/primitives.ts'
import { type ContractAttributes, contract, contractOperation } from '../tensor/contract.ts'
import { rowOf } from '../tensor/elementwise.ts'
import { rebuilt } from '../tensor/graph.ts'
import { joinOperation, joins } from '../tensor/lanes.ts'
import { reshapeOperation, transposeOperation } from '../tensor/shaping.ts'
import type { Node } from '../tensor/tensor.ts'
import { filledWith } from './match.ts'

/**
 * A sum over examples of a product, as one product that sums over the examples too: the gradient of weights. So the
 * product of each example need not be stored. What stands in between and is linear with uniform factors (a move of
 * elements, a sign, a mask) is done after the sum.
 */
export const sumInsideProduct = (node: Node): Node | null => {
  if (node.operation !== joinOperation || (node.attributes as { readonly join: unknown }).join !== joins.sum)
    return null
  const between: { readonly node: Node; readonly input: number }[] = []
  let at = node.inputs[0]!
  for (let input = linearInput(at); input >= 0; input = linearInput(at)) {
    between.push({ node: at, input })
    at = at.inputs[input]!
  }
  if (at.operation !== contractOperation || !at.varies) return null
  const summed = contract({ ...(at.attributes as ContractAttributes), overLanes: true }, at.inputs[0]!, at.inputs[1]!)
  return between.reduceRight(
    (x, { node: outer, input }) =>
      rebuilt(
        outer,
        outer.inputs.map((y, k) => (k === input ? x : y)),
      ),
    summed,
  )
}

/** The input in which a node is linear, all others being uniform; -1 where there is none. */
const linearInput = (node: Node): number => {
  if (node.operation === reshapeOperation || node.operation === transposeOperation) return 0
  const row = rowOf(node)
  if (row === neg) return 0
  if (row === mul || row === where || row === div) {
    const varying = node.inputs.flatMap((x, k) => (x.varies ? [k] : []))
    if (varying.length !== 1) return -1
    const [k] = varying
    if (row === mul || (row === div && k === 0)) return k!
    // A mask: what is not selected is 0 for every example.
    if (row === where && k! > 0 && filledWith(node.inputs[3 - k!]!) === 0) return k!
  }
  return -1
}
