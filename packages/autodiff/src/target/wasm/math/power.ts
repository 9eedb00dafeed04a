import { func } from '../assembler/index.ts'
import { expm1OfReduced, heldForExp, LOG_2, reduced } from './exponential.ts'
import type { Floats, FormatName, Vector } from './floats.ts'
import { type Decomposed, decomposedPositive } from './logarithm.ts'
import { type Pair, pairOf, product, productOfPairs, sumOfPairs, sumOrdered } from './pair.ts'
import { polynomial } from './polynomial.ts'
import { scaled } from './power2.ts'

/** 2/3, the leading coefficient of (2 artanh(s)/s - 2)/s², in twice the digits. */
const TWO_THIRDS: Readonly<Record<FormatName, readonly [number, number]>> = {
  f32: [0.6666666865348816, -1.9868215517249155e-8],
  f64: [0.6666666666666666, 3.700743415417188e-17],
}

// What is left of that series, over s²: minimax, relative to the logarithm; off by 8.5e-12 and 1.2e-20.
const BEYOND_CUBIC: Readonly<Record<FormatName, readonly number[]>> = {
  f32: [0.40000152587890625, 0.2854708731174469, 0.2341976761817932],
  f64: [
    0.3999999999999998, 0.2857142857144522, 0.22222222217510537, 0.18181818873499236, 0.1538455665346987,
    0.13336325799064636, 0.11674648160095555, 0.1199043390396845,
  ],
}

/** log(2^exponent · mantissa) in nearly twice the digits, so that a multiple of it up to the largest exponent keeps all of a float's. */
const logOfPair = (v: Floats, { exponent, mantissa }: Decomposed): Pair => {
  const f = v.sub(mantissa, 1)
  const divisor = sumOrdered(v, 1, mantissa)
  // s = f / (mantissa + 1): what the division leaves over gives the lower half.
  const quotient = v.div(f, divisor.high)
  const back = product(v, quotient, divisor.high)
  const left = v.sub(v.sub(v.sub(f, back.high), back.low), v.mul(quotient, divisor.low))
  const s: Pair = { high: quotient, low: v.div(left, divisor.high) }
  const square = productOfPairs(v, s, s)
  const rest = v.mul(square.high, polynomial(v, BEYOND_CUBIC[v.format], square.high))
  const series = sumOfPairs(v, pairOf(v, ...TWO_THIRDS[v.format]), { high: rest, low: v.constant(0) })
  const cubic = productOfPairs(v, productOfPairs(v, s, square), series)
  const twice: Pair = { high: v.add(s.high, s.high), low: v.add(s.low, s.low) }
  const small = sumOfPairs(v, twice, cubic)
  const [high, low] = LOG_2[v.format]
  const lower = v.mul(exponent, low)
  return sumOfPairs(v, sumOrdered(v, v.mul(exponent, high), lower), small)
}

/**
 * a^b as a function of the module, e^(b log|a|) with the sign of a for odd b. As JavaScript has it: 1 for b = 0 whatever
 * a is, NaN for 1 to an infinite power and for negative a to a power that is no integer.
 */
export const power = (v: Floats) =>
  func('power', { a: 'v128', b: 'v128' }, 'v128', ({ a, b }) => {
    const size = v.abs(a)
    const logarithm = logOfPair(v, decomposedPositive(v, size))
    const ended = endsOfLog(v, size, logarithm.high)
    const scale = product(v, logarithm.high, b)
    const plain = v.mul(ended, b)
    const x = heldForExp(v, plain)
    // Zeros, infinities and what overflows have no lower half.
    const tail = v.and(v.add(scale.low, v.mul(logarithm.low, b)), v.and(v.eq(x, scale.high), v.lt(v.abs(b), Infinity)))
    const { n, r } = reduced(v, x, tail)
    const value = scaled(v, v.add(expm1OfReduced(v, r), 1), n)
    return withSigns(v, value, a, b)
  })

/** The logarithm where it is finite; -∞ at 0, ∞ and NaN at themselves. */
const endsOfLog = (v: Floats, size: Vector, logarithm: Vector): Vector =>
  v.select(v.lt(size, Infinity), v.add(logarithm, v.and(v.eq(size, 0), v.constant(-Infinity))), size)

const withSigns = (v: Floats, value: Vector, a: Vector, b: Vector): Vector => {
  const half = v.mul(b, 0.5)
  const fractional = v.ne(v.floor(b), b)
  const odd = v.and(v.ne(v.floor(half), half), v.eq(v.floor(b), b))
  const signed = v.or(value, v.and(v.and(a, v.constant(-0)), odd))
  const undefinedThere = v.and(v.lt(a, 0), v.and(fractional, v.gt(a, -Infinity)))
  return v.select(v.eq(b, 0), 1, v.or(signed, undefinedThere))
}
