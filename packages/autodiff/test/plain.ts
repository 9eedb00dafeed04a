/**
 * Arrays for tests: a shape and a rule for each index, written out. What the library should give is stated with these,
 * so that nothing of it judges itself.
 */
export interface Plain {
  readonly shape: readonly number[]
  /** Row-major. */
  readonly data: readonly number[]
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1)

/** Every index of a shape in row-major order. */
export const indices = (shape: readonly number[]): readonly (readonly number[])[] =>
  shape.reduce<readonly (readonly number[])[]>(
    (found, n) => found.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  )

export const tabulate = (shape: readonly number[], rule: (...index: readonly number[]) => number): Plain => ({
  shape,
  data: indices(shape).map((index) => rule(...index)),
})

export const at = (x: Plain, ...index: readonly number[]): number => {
  const offset = x.shape.reduce((sum, n, axis) => sum * n + index[axis]!, 0)
  if (index.length !== x.shape.length || index.some((i, axis) => !(i >= 0 && i < x.shape[axis]!)))
    throw new RangeError(`[${index.join(', ')}] is not an index of [${x.shape.join(', ')}].`)
  return x.data[offset]!
}

/** A value read at an index of a larger shape: missing axes are left out and those of length 1 are read at 0. */
export const stretched = (x: Plain, index: readonly number[]): number =>
  at(x, ...index.slice(index.length - x.shape.length).map((i, axis) => (x.shape[axis] === 1 ? 0 : i)))

export const total = (terms: readonly number[]): number => terms.reduce((sum, x) => sum + x, 0)
export const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
/** The numbers without those at some positions, and with others put there again. */
export const without = (xs: readonly number[], ...positions: readonly number[]): readonly number[] =>
  xs.filter((_, i) => !positions.includes(i))
export const replaced = (xs: readonly number[], position: number, x: number): readonly number[] =>
  xs.map((old, i) => (i === position ? x : old))
