import type { Arrays } from '../problem/files.ts'

/** Largest relative distance, in the 2-norm, of the arrays that both have. Infinite where one is missing or not a number. */
export const distance = (got: Arrays, expected: Arrays): number =>
  Math.max(...Object.entries(expected).map(([name, array]) => apart(got[name], array)))

const apart = (got: Float32Array | undefined, expected: Float32Array): number => {
  if (got?.length !== expected.length) return Infinity
  let difference = 0
  let size = 0
  expected.forEach((e, i) => {
    difference += (got[i]! - e) ** 2
    size += e ** 2
  })
  const relative = Math.sqrt(difference / size)
  return Number.isNaN(relative) ? Infinity : relative
}
