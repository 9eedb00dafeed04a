import { eigenSymmetricOperation } from '../../../tensor/linalg/eigenSymmetric.ts'
import { expmOperation } from '../../../tensor/linalg/expm.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { Node } from '../../../tensor/tensor.ts'
import { expmRoom } from './expm.ts'

/** Elements of `tile` lanes that a node's kernel needs for itself while it runs. */
export const roomFor = (node: Node, tile: number): number => {
  const elements = elementsFor(node)
  return node.varies ? elements : Math.ceil(elements / tile)
}

const elementsFor = ({ operation, inputs: [a] }: Node): number => {
  const n = a?.shape[0] ?? 0
  switch (operation) {
    case eigenSymmetricOperation as Operation:
      return n * n
    case expmOperation as Operation:
      return expmRoom(n)
    default:
      return 0
  }
}
