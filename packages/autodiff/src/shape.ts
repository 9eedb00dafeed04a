import { mistake, showShape } from './error.ts'

/** Lengths of the event axes of one value; `[]` is a scalar. Implicit axes (the examples) are never counted. */
export type Shape = readonly number[]

/** How many elements: the product of the lengths, 1 for `[]`. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1)

/** Whether two shapes have the same lengths in the same order. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i])

/** Row-major strides, in elements. */
export const stridesOf = (shape: Shape): readonly number[] => {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/** The shape two values broadcast to: aligned at the last axis, an axis of length 1 stretches. Throws naming both shapes. */
export const broadcastShapes = (shapes: readonly Shape[], operation: string): Shape => {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((s) => s[axis - (rank - s.length)] ?? 1)
    const length = lengths.find((n) => n !== 1) ?? 1
    if (lengths.some((n) => n !== 1 && n !== length))
      mistake(`${operation}: shapes ${shapes.map(showShape).join(' and ')} do not broadcast.`)
    return length
  })
}

/** An axis counted from the front; negative axes count from the back. */
export const resolveAxis = (axis: number, shape: Shape, operation: string): number => {
  const resolved = axis < 0 ? axis + shape.length : axis
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= shape.length)
    mistake(`${operation}: axis ${axis} is not an axis of shape ${showShape(shape)}.`)
  return resolved
}

/**
 * For every element of `shape` in row-major order, its offset under the given strides.
 * A stride of 0 repeats an axis, which is how broadcasting reads.
 */
export const offsetsOf = (shape: Shape, strides: readonly number[]): Int32Array => {
  const offsets = new Int32Array(sizeOf(shape))
  const index = new Array<number>(shape.length).fill(0)
  let offset = 0
  for (let at = 0; at < offsets.length; at++) {
    offsets[at] = offset
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      offset -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return offsets
}

/** Strides that read a value of shape `from` as if it had shape `to`. */
export const broadcastStrides = (from: Shape, to: Shape): readonly number[] => {
  const strides = stridesOf(from)
  const lead = to.length - from.length
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!))
}
