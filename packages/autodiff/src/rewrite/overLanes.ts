import { type ContractAttributes, contract, contractOperation } from '../tensor/contract.ts'
import { rebuilt } from '../tensor/graph.ts'
import { joinOperation, joins } from '../tensor/lanes.ts'
import { reshapeOperation, transposeOperation } from '../tensor/shaping.ts'
import type { Node } from '../tensor/tensor.ts'

/**
 * A sum over examples of a product, as one product that sums over the examples too: the gradient of weights. So the
 * product of each example need not be stored. What only moves elements in between is done after the sum.
 */
export const sumInsideProduct = (node: Node): Node | null => {
  if (node.operation !== joinOperation || (node.attributes as { readonly join: unknown }).join !== joins.sum)
    return null
  const moves: Node[] = []
  let at = node.inputs[0]!
  while (at.operation === reshapeOperation || at.operation === transposeOperation) {
    moves.push(at)
    at = at.inputs[0]!
  }
  if (at.operation !== contractOperation || !at.varies) return null
  const summed = contract({ ...(at.attributes as ContractAttributes), overLanes: true }, at.inputs[0]!, at.inputs[1]!)
  return moves.reduceRight((x, move) => rebuilt(move, [x]), summed)
}
