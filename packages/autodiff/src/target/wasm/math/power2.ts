import type { Floats, Layout, Vector } from './floats.ts'

/**
 * 1.5 · 2^fraction. Numbers of that size are integers apart, so adding it rounds to the nearest integer, which then
 * stands in the lowest bits of the sum. Good for integers below a quarter of it.
 */
const roundingShift = ({ fraction }: Layout): number => 1.5 * 2 ** fraction

/** An integer n, from |n| <= 2^(fraction - 2): as a float, and in the lowest bits of `shifted`. */
export interface Rounded {
  readonly n: Vector
  readonly shifted: Vector
}

/** The integer nearest to a b. */
export const nearestProduct = (v: Floats, a: Vector, b: number): Rounded => {
  const shift = roundingShift(v.layout)
  const shifted = v.madd(a, b, shift)
  return { n: v.sub(shifted, shift), shifted }
}

/** 2^(n + by) for an n in the lowest bits; right while the result is a normal number. */
export const powerOfTwo = (v: Floats, shifted: Vector, by = 0): Vector => {
  const { fraction, bias } = v.layout
  return v.bits.add(v.bits.shl(shifted, fraction), v.bits.constant(BigInt(bias + by) << BigInt(fraction)))
}

/** y 2^n, rounded once, also where 2^n is no float or the result is subnormal: by two factors, each a normal number. */
export const scaled = (v: Floats, y: Vector, { n, shifted }: Rounded): Vector => {
  const half = nearestProduct(v, n, 0.5)
  const rest = v.sub(shifted, half.n)
  return v.mul(v.mul(y, powerOfTwo(v, half.shifted)), powerOfTwo(v, rest))
}
