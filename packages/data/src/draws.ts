import { threefry2x32 } from '@diffeo/autodiff'

/** Random numbers addressed by place: the same seed, row and slot give the same number, in whatever order they are asked for. */
export interface Draws {
  /** In (0, 1): the middle of one of 2^52 equal steps, so never 0 or 1. */
  readonly uniform: (row: number, slot: number) => number
  /** Standard normal; takes the two slots 2 `pair` and 2 `pair` + 1. Box and Muller 1958, first of the two. */
  readonly normal: (row: number, pair: number) => number
  /** One of 0, …, n - 1. */
  readonly below: (n: number, row: number, slot: number) => number
}

/** Keeps the draws of this package apart from those of a model initialised with the same seed ("data" in ASCII). */
const STREAM = 0x64617461

/** `seed`: a whole number from 0 to 2^53 - 1. */
export const draws = (seed: number): Draws => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`a seed is a whole number from 0 to 2^53 - 1, got ${seed}`)
  const key = threefry2x32([seed >>> 0, Math.floor(seed / 2 ** 32)], [STREAM, 0])
  const uniform = (row: number, slot: number): number => {
    const [high, low] = threefry2x32(key, [row, slot])
    return ((high >>> 0) * 2 ** 20 + (low >>> 12) + 0.5) * 2 ** -52
  }
  const normal = (row: number, pair: number): number =>
    Math.sqrt(-2 * Math.log(uniform(row, 2 * pair))) * Math.cos(2 * Math.PI * uniform(row, 2 * pair + 1))
  const below = (n: number, row: number, slot: number): number => Math.floor(n * uniform(row, slot))
  return { uniform, normal, below }
}
