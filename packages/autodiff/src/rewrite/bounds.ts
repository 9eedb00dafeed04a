import * as I from '../scalar/interval.ts'
import { div } from '../scalar/primitives.ts'
import { sizeOf } from '../shape.ts'
import { broadcastOperation, sumOperation } from '../tensor/broadcast.ts'
import { type ConstantAttributes, constantOperation } from '../tensor/constant.ts'
import { castOperation, rowOf } from '../tensor/elementwise.ts'
import { gatherOperation, takeAlongOperation } from '../tensor/gather.ts'
import { spreadOperation } from '../tensor/lanes.ts'
import type { Operation } from '../tensor/operation.ts'
import { uniformOperation } from '../tensor/random.ts'
import { maxOperation, minOperation } from '../tensor/reduce.ts'
import {
  concatOperation,
  flipOperation,
  padOperation,
  reshapeOperation,
  sliceOperation,
  transposeOperation,
} from '../tensor/shaping.ts'
import type { Node } from '../tensor/tensor.ts'

/** An interval that holds every element, none of them NaN or infinite on any target; null where that is not known. */
export type Bounds = I.Interval | null

/** Results whose elements are elements of the inputs. */
const moving: ReadonlySet<Operation> = new Set<Operation>([
  broadcastOperation,
  castOperation,
  concatOperation,
  flipOperation,
  gatherOperation,
  maxOperation,
  minOperation,
  reshapeOperation,
  sliceOperation,
  spreadOperation,
  takeAlongOperation,
  transposeOperation,
] as readonly Operation[])

const INTEGERS: I.Interval = [-(2 ** 31), 2 ** 31 - 1]
/** Beyond it a float32 overflows. */
const LARGEST = 2 ** 127

/** Bounds of a node's elements from those of its inputs. */
export const boundsOf = (node: Node, inputs: readonly Bounds[]): Bounds => {
  if (node.dtype === 'bool') return I.BOOLEAN
  const found = floatBounds(node, inputs)
  if (node.dtype === 'int') return found && I.encloses(INTEGERS, found) ? found : INTEGERS
  return found && Math.max(-found[0], found[1]) <= LARGEST ? found : null
}

const floatBounds = (node: Node, inputs: readonly Bounds[]): Bounds => {
  if (node.operation === constantOperation) return boundsOfData((node.attributes as ConstantAttributes).data)
  // Multiples of 2^-23 plus half of one.
  if (node.operation === uniformOperation) return [2 ** -24, 1 - 2 ** -24]
  if (!inputs.every((b) => b !== null) || inputs.length === 0) return null
  const row = rowOf(node)
  if (row) {
    if (!row.domain.every((domain, k) => I.encloses(domain, inputs[k]!))) return null
    if (row === div && I.contains(inputs[1]!, 0)) return null
    return row.range(...inputs)
  }
  if (moving.has(node.operation)) return inputs.reduce(I.hull)
  if (node.operation === padOperation) {
    const { value } = node.attributes as { readonly value: number }
    return I.hull(inputs[0]!, [value, value])
  }
  if (node.operation === sumOperation) {
    const terms = sizeOf(node.inputs[0]!.shape) / sizeOf(node.shape)
    return I.mul(inputs[0]!, [terms, terms])
  }
  return null
}

const boundsOfData = (data: Float64Array): Bounds => {
  let [lower, upper] = [Infinity, -Infinity]
  for (const v of data) {
    if (!Number.isFinite(v)) return null
    if (v < lower) lower = v
    if (v > upper) upper = v
  }
  return data.length === 0 ? [0, 0] : [lower, upper]
}
