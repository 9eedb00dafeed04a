import { concat, constant, type Example, gather, reshape, slice, stack } from '@diffeo/autodiff'
import { mistake } from '../../mistake.ts'

/** Which coordinates of a vector pass through and condition the others. Positions in increasing order. */
export interface Mask {
  readonly size: number
  readonly kept: readonly number[]
}

/**
 * Every other coordinate is kept: 0, 2, 4 … for even `turn`, 1, 3, 5 … for odd, so that consecutive layers move what the
 * last one kept.
 */
export const alternating = (size: number, turn = 0): Mask => keeping(size, (i) => i % 2 === turn % 2)

/** The first half is kept for even `turn`, the second for odd; the first is the larger where the size is odd. */
export const half = (size: number, turn = 0): Mask => keeping(size, (i) => i < Math.ceil(size / 2) === (turn % 2 === 0))

/** A mask that keeps these coordinates. */
export const indices = (size: number, kept: readonly number[]): Mask => {
  const chosen = new Set(kept)
  const outside = kept.find((i) => !(Number.isInteger(i) && i >= 0 && i < size))
  if (outside !== undefined) mistake(`mask: ${outside} is no coordinate of a vector of ${size}.`)
  return keeping(size, (i) => chosen.has(i))
}

const keeping = (size: number, keeps: (i: number) => boolean): Mask => ({
  size,
  kept: Array.from({ length: size }, (_, i) => i).filter(keeps),
})

/** The two parts of a vector `[size]`, and the vector from its parts. */
export interface Split {
  readonly kept: (x: Example) => Example
  readonly moved: (x: Example) => Example
  readonly join: (kept: Example, moved: Example) => Example
}

/** Slices where positions are evenly spaced (they cost less than a gather), a gather elsewhere. */
export const splitBy = ({ size, kept }: Mask): Split => {
  const moved = Array.from({ length: size }, (_, i) => i).filter((i) => !kept.includes(i))
  const order = [...kept, ...moved]
  const back = Array.from({ length: size }, (_, i) => order.indexOf(i))
  return { kept: pickerOf(kept), moved: pickerOf(moved), join: joinerOf(size, kept, moved, back) }
}

const pickerOf = (positions: readonly number[]): ((x: Example) => Example) => {
  const step = positions.length > 1 ? positions[1]! - positions[0]! : 1
  if (positions.every((p, i) => p === positions[0]! + i * step))
    return (x) => slice(x, 0, positions[0]!, positions.at(-1)! + 1, step)
  return (x) => gather(x, indexTensor(positions))
}

const joinerOf = (
  size: number,
  kept: readonly number[],
  moved: readonly number[],
  back: readonly number[],
): Split['join'] => {
  const inOrder = (first: readonly number[], second: readonly number[]): boolean =>
    [...first, ...second].every((p, i) => p === i)
  if (inOrder(kept, moved)) return (a, b) => concat([a, b])
  if (inOrder(moved, kept)) return (a, b) => concat([b, a])
  const takesTurns = (first: readonly number[], second: readonly number[]): boolean =>
    size % 2 === 0 && first.every((p, i) => p === 2 * i) && second.every((p, i) => p === 2 * i + 1)
  if (takesTurns(kept, moved)) return (a, b) => reshape(stack([a, b], 1), [size])
  if (takesTurns(moved, kept)) return (a, b) => reshape(stack([b, a], 1), [size])
  return (a, b) => gather(concat([a, b]), indexTensor(back))
}

const indexTensor = (positions: readonly number[]) => constant([...positions], [positions.length], 'int')
