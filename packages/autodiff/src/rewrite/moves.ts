import { sameShape } from '../shape.ts'
import { broadcastOperation } from '../tensor/broadcast.ts'
import { castOperation } from '../tensor/elementwise.ts'
import { make } from '../tensor/operation.ts'
import { reshapeOperation, transposeOperation } from '../tensor/shaping.ts'
import type { Node } from '../tensor/tensor.ts'

/** Moves of elements that do nothing, and two in a row that are one. */
export const joinMoves = (node: Node): Node | null => {
  const x = node.inputs[0]
  if (!x) return null
  switch (node.operation) {
    case reshapeOperation:
      if (sameShape(node.shape, x.shape)) return x
      return x.operation === reshapeOperation ? make(reshapeOperation, { to: node.shape }, [x.inputs[0]!]) : null
    case broadcastOperation:
      if (sameShape(node.shape, x.shape)) return x
      return x.operation === broadcastOperation ? make(broadcastOperation, { to: node.shape }, [x.inputs[0]!]) : null
    case transposeOperation: {
      const order = orderOf(node)
      if (order.every((axis, i) => axis === i)) return x
      if (x.operation !== transposeOperation) return null
      const inner = orderOf(x)
      return make(transposeOperation, { order: order.map((axis) => inner[axis]!) }, [x.inputs[0]!])
    }
    case castOperation:
      return node.dtype === x.dtype ? x : null
    default:
      return null
  }
}

const orderOf = (node: Node): readonly number[] => (node.attributes as { readonly order: readonly number[] }).order
