import type { Floats, Vector } from './floats.ts'

/** c₀ + c₁x + c₂x² + …, by Horner's rule. */
export const polynomial = (v: Floats, coefficients: readonly number[], x: Vector): Vector => {
  const [last, ...others] = coefficients.toReversed()
  return others.reduce<Vector>((sum, c) => v.madd(sum, x, c), v.constant(last!))
}

/** One polynomial over another; the first alone where the other is 1. */
export const quotient = (v: Floats, above: readonly number[], below: readonly number[], x: Vector): Vector =>
  below.length === 1 ? polynomial(v, above, x) : v.div(polynomial(v, above, x), polynomial(v, below, x))
