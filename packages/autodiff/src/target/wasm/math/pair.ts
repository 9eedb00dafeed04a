import type { Floats, Operand, Vector } from './floats.ts'

/**
 * A number as an unevaluated sum of two floats, the second below the last place of the first: twice the digits. The
 * error terms are exact without a fused multiply-add, which not every machine has.
 *
 * @see Dekker 1971, A floating-point technique for extending the available precision
 */
export interface Pair {
  readonly high: Vector
  readonly low: Vector
}

/** a + b exactly, where the exponent of a is at least that of b. */
export const sumOrdered = (v: Floats, a: Operand, b: Operand): Pair => {
  const high = v.add(a, b)
  return { high, low: v.sub(b, v.sub(high, a)) }
}

/** A constant in twice the digits. */
export const pairOf = (v: Floats, high: number, low: number): Pair => ({
  high: v.constant(high),
  low: v.constant(low),
})

/** a b exactly: products of halves of the digits are. */
export const product = (v: Floats, a: Vector, b: Vector): Pair => {
  const high = v.mul(a, b)
  const [a1, a2] = halves(v, a)
  const [b1, b2] = halves(v, b)
  const error = v.sub(v.mul(a1, b1), high)
  return { high, low: v.add(v.add(v.add(error, v.mul(a1, b2)), v.mul(a2, b1)), v.mul(a2, b2)) }
}

/** A number as its leading digits and the rest, each half of them. */
const halves = (v: Floats, a: Vector): readonly [Vector, Vector] => {
  const cleared = BigInt(Math.ceil((v.layout.fraction + 1) / 2))
  const leading = v.and(a, v.bits.constant(-1n << cleared))
  return [leading, v.sub(a, leading)]
}

/** a b to nearly twice the digits. */
export const productOfPairs = (v: Floats, a: Pair, b: Pair): Pair => {
  const { high, low } = product(v, a.high, b.high)
  return sumOrdered(v, high, v.add(low, v.add(v.mul(a.high, b.low), v.mul(a.low, b.high))))
}

/** a + b to nearly twice the digits, |a| >= |b|. */
export const sumOfPairs = (v: Floats, a: Pair, b: Pair): Pair => {
  const { high, low } = sumOrdered(v, a.high, b.high)
  return sumOrdered(v, high, v.add(low, v.add(a.low, b.low)))
}
