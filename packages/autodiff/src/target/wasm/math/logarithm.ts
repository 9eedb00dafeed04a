import { LOG_2, withSignOf } from './exponential.ts'
import type { Floats, FormatName, Vector } from './floats.ts'
import { polynomial } from './polynomial.ts'

// (2 artanh(s)/s - 2) / s² in s² up to ((√2 - 1)/(√2 + 1))²: minimax, relative to the logarithm; off by 8e-10 and 1.6e-18.
const BEYOND_TWICE: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.6666677594184875, 0.3997756838798523, 0.29871460795402527],
  f64: [
    0.6666666666666735, 0.3999999999941109, 0.2857142874326311, 0.22222198475955784, 0.18183569740750702,
    0.15313903236519277, 0.14797507692233355,
  ],
}

/** The bits of √½, where the mantissa's range starts: in the format's own rounding. */
const SQRT_HALF: Readonly<Record<FormatName, bigint>> = { f32: 0x3f3504f3n, f64: 0x3fe6a09e667f3bcdn }
const SMALLEST_NORMAL: Readonly<Record<FormatName, number>> = { f32: 2 ** -126, f64: 2 ** -1022 }

/** A positive number as 2^exponent · mantissa, the mantissa in [√½, √2). */
export interface Decomposed {
  readonly exponent: Vector
  readonly mantissa: Vector
}

/** Of normal numbers; whatever of others. */
export const decomposed = (v: Floats, x: Vector): Decomposed => {
  const { fraction, bias } = v.layout
  const one = BigInt(bias) << BigInt(fraction)
  const root = SQRT_HALF[v.format]
  // The exponent field counts from √½ 2^n instead of 2^n.
  const counted = v.bits.add(x, v.bits.constant(one - root))
  const field = v.bits.shrU(counted, fraction)
  // Below 2^fraction an integer is the low bits of 2^fraction + itself.
  const base = 2 ** fraction
  const exponent = v.sub(v.or(field, v.constant(base)), base + bias)
  const within = v.and(counted, v.bits.constant((1n << BigInt(fraction)) - 1n))
  return { exponent, mantissa: v.bits.add(within, v.bits.constant(root)) }
}

/** The same of subnormal numbers too: they are first multiplied into the normal ones. */
export const decomposedPositive = (v: Floats, x: Vector): Decomposed => {
  const { fraction } = v.layout
  const small = v.lt(x, SMALLEST_NORMAL[v.format])
  const shift = fraction + 1
  const { exponent, mantissa } = decomposed(v, v.select(small, v.mul(x, 2 ** shift), x))
  return { exponent: v.sub(exponent, v.and(small, v.constant(shift))), mantissa }
}

/**
 * log(2^exponent (1 + f)) with s = f/(2 + f) and log(1 + f) = 2 artanh s = f - f²/2 + s (f²/2 + s² P(s²)).
 *
 * @see fdlibm, e_log.c, for the order in which the parts are added
 */
export const logOfParts = (v: Floats, exponent: Vector, f: Vector): Vector => {
  const [high, low] = LOG_2[v.format]
  const s = v.div(f, v.add(f, 2))
  const z = v.mul(s, s)
  const half = v.mul(v.mul(f, 0.5), f)
  const rest = v.madd(z, polynomial(v, BEYOND_TWICE[v.format], z), half)
  const small = v.madd(s, rest, v.mul(exponent, low))
  return v.madd(exponent, high, v.sub(f, v.sub(half, small)))
}

/** -∞ at 0, ∞ at ∞, NaN of NaN and below 0; the value elsewhere. `x` is 0, ∞ or negative where the logarithm's argument is. */
const withEnds = (v: Floats, value: Vector, x: Vector): Vector => {
  const finite = v.select(v.lt(x, Infinity), value, x)
  const fromZero = v.add(finite, v.and(v.eq(x, 0), v.constant(-Infinity)))
  return v.or(fromZero, v.lt(x, 0))
}

/** The natural logarithm: off by 0.9 units in the last place at most in 32 bits, subnormal arguments included. */
export const log = (v: Floats, x: Vector): Vector => {
  const { exponent, mantissa } = decomposedPositive(v, x)
  return withEnds(v, logOfParts(v, exponent, v.sub(mantissa, 1)), x)
}

/**
 * log(1 + x) from u = 1 + x rounded and what the rounding lost, x - (u - 1), which is exact: added to the mantissa of u
 * in its own scale. Near 0, where u's exponent is 0, that gives x itself back.
 */
export const log1p = (v: Floats, x: Vector): Vector => {
  const { fraction, bias } = v.layout
  const u = v.add(x, 1)
  const lost = v.sub(x, v.sub(u, 1))
  const { exponent, mantissa } = decomposed(v, u)
  // 2^-exponent: the difference of the two in their exponent fields. For the largest u that is no number, and nothing is lost.
  const scale = v.bits.add(v.bits.sub(mantissa, u), v.bits.constant(BigInt(bias) << BigInt(fraction)))
  const f = v.madd(lost, v.atLeast(scale, 0), v.sub(mantissa, 1))
  return withSignOf(v, withEnds(v, logOfParts(v, exponent, f), u), x)
}
