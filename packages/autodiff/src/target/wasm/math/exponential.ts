import type { Floats, FormatName, Vector } from './floats.ts'
import { polynomial } from './polynomial.ts'
import { nearestProduct, powerOfTwo, type Rounded, scaled } from './power2.ts'

/** Log 2 as a leading part, short enough that its product with any exponent is exact, and the rest (Cody & Waite 1980; for 64 bits the parts of fdlibm's e_exp.c). */
export const LOG_2: Readonly<Record<FormatName, readonly [number, number]>> = {
  f32: [0.693359375, -2.1219444005469057e-4],
  f64: [0.6931471803691238, 1.9082149292705877e-10],
}

// (e^r - 1 - r) / r² on ±(log 2)/2: minimax, relative to e^r - 1; off by 1.4e-8 and 5e-19 of that.
const BEYOND_LINEAR: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.5, 0.16666539013385773, 0.04166661202907562, 0.008367098867893219, 0.001391765777952969],
  f64: [
    0.5, 0.16666666666666677, 0.0416666666666667, 0.008333333333321532, 0.001388888888886668, 0.0001984126988640182,
    2.480158736086717e-5, 2.7557243911000145e-6, 2.755724249382746e-7, 2.5109147607453474e-8, 2.092452558914914e-9,
  ],
}

/** Beyond these e^x is 0 or infinite. */
const RANGE: Readonly<Record<FormatName, readonly [number, number]>> = { f32: [-104, 89], f64: [-746, 710] }
/** Below this e^x - 1 is -1. */
const ALL_LOST: Readonly<Record<FormatName, number>> = { f32: -18, f64: -38 }

/** x = n log 2 + r with |r| <= (log 2)/2; `tail` is added to x where x is a sum of two. */
export const reduced = (v: Floats, x: Vector, tail?: Vector): { readonly n: Rounded; readonly r: Vector } => {
  const [high, low] = LOG_2[v.format]
  const n = nearestProduct(v, x, Math.LOG2E)
  const r = v.nmadd(n.n, low, v.nmadd(n.n, high, x))
  return { n, r: tail ? v.add(r, tail) : r }
}

/** e^r - 1 for a reduced r. */
export const expm1OfReduced = (v: Floats, r: Vector): Vector =>
  v.madd(v.mul(r, r), polynomial(v, BEYOND_LINEAR[v.format], r), r)

/** Held where e^x is neither 0 nor infinite; NaN is kept. */
export const heldForExp = (v: Floats, x: Vector): Vector => {
  const [lowest, highest] = RANGE[v.format]
  return v.atLeast(v.atMost(x, highest), lowest)
}

/** e^x: off by 1.1 units in the last place at most in 32 bits, subnormal results and infinity included. */
export const exp = (v: Floats, x: Vector): Vector => {
  const { n, r } = reduced(v, heldForExp(v, x))
  return scaled(v, v.add(expm1OfReduced(v, r), 1), n)
}

/**
 * e^x - 1: that of the reduced r where n = 0, else 2 (2^(n-1) (e^r - 1) + 2^(n-1) - 1/2). The difference is exact where
 * it matters, and half of the power is a number where the power itself overflows.
 */
export const expm1 = (v: Floats, x: Vector): Vector => {
  const [, highest] = RANGE[v.format]
  const { n, r } = reduced(v, v.atLeast(v.atMost(x, highest), ALL_LOST[v.format]))
  const half = powerOfTwo(v, n.shifted, -1)
  const near = expm1OfReduced(v, r)
  const value = v.madd(half, near, v.sub(half, 0.5))
  // -0 is its own value.
  return withSignOf(v, v.select(v.eq(n.n, 0), near, v.add(value, value)), x)
}

/** A value with its sign bit set where x has its own set; for values whose sign is that of x, except perhaps of a zero. */
export const withSignOf = (v: Floats, value: Vector, x: Vector): Vector => v.or(value, v.and(x, v.constant(-0)))
