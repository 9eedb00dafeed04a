import { withSignOf } from './exponential.ts'
import type { Floats, Vector } from './floats.ts'

/** -1, 0 or 1, the zero with its sign; NaN of NaN. */
export const sign = (v: Floats, x: Vector): Vector => {
  const one = v.and(v.ne(x, 0), v.constant(1))
  return v.or(withSignOf(v, one, x), v.ne(x, x))
}

/** NaN if either is. Of two zeros of different sign the first. */
export const maximum = (v: Floats, a: Vector, b: Vector): Vector => nanOfSecond(v, v.atLeast(a, b), b)
export const minimum = (v: Floats, a: Vector, b: Vector): Vector => nanOfSecond(v, v.atMost(a, b), b)

/** One instruction where b is a constant, as it mostly is; three otherwise, where the platform's own takes eight. */
const nanOfSecond = (v: Floats, value: Vector, b: Vector): Vector => (isConstant(b) ? value : v.or(value, v.ne(b, b)))

const isConstant = (x: Vector): boolean => x.kind === 'apply' && x.immediates.literal !== undefined

export const finite = (v: Floats, x: Vector): Vector => v.lt(v.abs(x), Infinity)
