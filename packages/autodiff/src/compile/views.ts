import { sizeOf } from '../shape.ts'
import { aliasOperation, stopOperation } from '../tensor/alias.ts'
import { pickOperation } from '../tensor/graph.ts'
import type { Operation } from '../tensor/operation.ts'
import { reshapeOperation, type SliceAttributes, sliceOperation } from '../tensor/shaping.ts'
import type { Node } from '../tensor/tensor.ts'

/** A place in memory: result `output` of `node`, from element `offset` on (an element is one value, or one per lane). */
export interface Place {
  readonly node: Node
  readonly output: number
  readonly offset: number
}

/** Where a node's value lies. Nodes that only rename or cut a contiguous piece share the memory of their input. */
export const placeOf = (node: Node): Place => {
  let at = node
  let offset = 0
  for (;;) {
    if (at.operation === (pickOperation as Operation))
      return { node: at.inputs[0]!, output: (at.attributes as { readonly index: number }).index, offset }
    const shift = viewOffset(at)
    if (shift === null) return { node: at, output: 0, offset }
    offset += shift
    at = at.inputs[0]!
  }
}

const renaming: readonly unknown[] = [reshapeOperation, aliasOperation, stopOperation]

const viewOffset = (node: Node): number | null => {
  if (renaming.includes(node.operation)) return 0
  return node.operation === (sliceOperation as Operation) ? sliceOffset(node as Node<SliceAttributes>) : null
}

/** A slice is contiguous when every axis outside the first longer than 1 is whole. */
const sliceOffset = ({ attributes: { start, step }, inputs: [x], shape }: Node<SliceAttributes>): number | null => {
  const from = x!.shape
  const first = from.findIndex((n) => n !== 1)
  if (first < 0) return 0
  const whole = from.every((n, axis) => axis <= first || n === shape[axis])
  return whole && step[first] === 1 ? start[first]! * sizeOf(from.slice(first + 1)) : null
}

/** Whether a node is a piece of another's memory and needs no work of its own. */
export const isView = (node: Node): boolean =>
  node.operation === (pickOperation as Operation) || viewOffset(node) !== null
