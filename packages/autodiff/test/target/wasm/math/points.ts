import type { Interval } from '../../../../src/scalar/interval.ts'
import type { Floating } from './kernel.ts'

/** The same numbers in every run, from 0 to 2^32 - 1 (Numerical Recipes' quick generator, its halves folded). */
const randomWords = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state ^ (state >>> 16)) >>> 0
  }
}

export const EDGES = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  10,
  -10,
  1e-45,
  -1e-45,
  1.1754942e-38,
  1.1754943508222875e-38,
  1 - 2 ** -24,
  2 ** -24 - 1,
  1 + 2 ** -23,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1 - 2 ** -53,
  2 ** -53 - 1,
  88.7,
  89,
  -87.4,
  -104,
  709.7,
  710,
  -745,
  -746,
  1e4,
  -1e4,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  Infinity,
  -Infinity,
]

/**
 * Numbers of an interval, in an array of the caller's format: the edges, a third of any exponent there is, a third even
 * between -40 and 40, a third even between -2 and 2.
 */
export const points = <T extends Floating>(to: T, [lower, upper]: Interval, seed = 1): T => {
  const word = randomWords(seed)
  const even = (a: number, b: number): number => a + (b - a) * ((word() + word() / 2 ** 32) / 2 ** 32)
  const bits = to instanceof Float32Array ? new Float32Array(1) : new Float64Array(1)
  const words = new Uint32Array(bits.buffer)
  const anything = (): number => {
    for (let k = 0; k < words.length; k++) words[k] = word()
    return bits[0]!
  }
  const held = (bound: number): Interval => [Math.max(lower, -bound), Math.min(upper, bound)]
  const [wide, narrow] = [held(40), held(2)]
  let i = 0
  const put = (x: number): void => {
    bits[0] = x
    if (i < to.length && lower <= bits[0] && bits[0] <= upper) to[i++] = bits[0]
  }
  EDGES.forEach(put)
  while (i < to.length) {
    put(anything())
    put(even(...wide))
    put(even(...narrow))
  }
  return to
}
