import { until } from './control.ts'
import {
  abs,
  add,
  and,
  asinh,
  clamp,
  div,
  equal,
  less,
  lessEqual,
  minimum,
  mul,
  not,
  or,
  sign,
  sinh,
  sqrt,
  sub,
  where,
} from './elementwise.ts'
import { min } from './reduce.ts'
import type { Example } from './tensor.ts'

type F = (x: Example) => Example

/** The newest end of the bracket, the opposite end, and the point before, each with its value there. */
interface Search {
  readonly a: Example
  readonly b: Example
  readonly c: Example
  readonly fa: Example
  readonly fb: Example
  readonly fc: Example
  readonly found: Example
}

/** What relative accuracy in float64 means; in less precision the search ends when no number is left in between. */
const UNITS = 2 * Number.EPSILON

/**
 * Where an increasing function is 0, element by element, between two ends of one shape that vary as it does. Inverse
 * quadratic interpolation where three points promise that it works, otherwise halving (Chandrupatla 1997, A new hybrid
 * quadratic/bisection algorithm, Advances in Engineering Software 28, eqs. 2 to 6). The halves are equal in asinh x, so
 * that ends as far out as floating point reaches cost no more than 64 rounds.
 *
 * Where there is no change of sign: the end at which the function is nearest to 0.
 */
export const searchRoot = (f: F, lower: Example, upper: Example, bound: number): Example => {
  const [fl, fu] = [f(lower), f(upper)]
  const outside = or(not(less(fl, 0)), not(less(0, fu)))
  const [a, b] = [upper, lower]
  const start = { a, b, c: b, fa: fu, fb: fl, fc: fl, found: where(outside, 1, 0) }
  const [{ a: x, b: y, fa, fb }] = until<Search>(
    bound,
    start,
    ({ found }) => less(0, min(found)),
    (at) => narrowed(f, at),
  )
  return where(less(abs(fa), abs(fb)), x, y)
}

const narrowed = (f: F, at: Search): Search => {
  const { a, b, c, fa, fb, fc, found } = at
  const done = less(0, found)
  const width = abs(sub(b, a))
  // Measured from the end with the smaller value: from the other one a root very near to it would round to it.
  const nearer = less(abs(fa), abs(fb))
  const [p, q] = [where(nearer, a, b), where(nearer, b, a)]
  const [fp, fq] = [where(nearer, fa, fb), where(nearer, fb, fa)]
  // Not nearer to an end than the accuracy wanted: a step over the root closes the bracket.
  const least = div(mul(UNITS, minimum(abs(a), abs(b))), width)
  const share = where(trusted(at), interpolated(p, q, c, fp, fq, fc), NaN)
  const guess = add(p, mul(clamp(share, least, sub(1, least)), sub(q, p)))
  const halfway = between(a, b)
  // False for NaN too.
  const inside = or(and(less(a, guess), less(guess, b)), and(less(b, guess), less(guess, a)))
  const x = where(inside, guess, halfway)
  const fx = f(x)
  const same = equal(sign(fx), sign(fa))
  const close = lessEqual(width, mul(UNITS, minimum(abs(a), abs(b))))
  const finished = or(or(close, equal(fx, 0)), or(equal(x, a), equal(x, b)))
  const keep = (now: Example, next: Example): Example => where(done, now, next)
  return {
    a: keep(a, x),
    fa: keep(fa, fx),
    b: keep(b, where(same, b, a)),
    fb: keep(fb, where(same, fb, fa)),
    c: keep(c, where(same, a, b)),
    fc: keep(fc, where(same, fa, fb)),
    found: keep(found, where(finished, 1, 0)),
  }
}

/** Whether the inverse of the function between the three points is monotone enough for a parabola (eq. 5); false for NaN. */
const trusted = ({ a, b, c, fa, fb, fc }: Search): Example => {
  const xi = div(sub(a, b), sub(c, b))
  const phi = div(sub(fa, fb), sub(fc, fb))
  return and(less(sub(1, sqrt(sub(1, xi))), phi), less(phi, sqrt(xi)))
}

/** Where between p and q, as a share of the way from p, inverse quadratic interpolation puts the root. */
const interpolated = (p: Example, q: Example, c: Example, fp: Example, fq: Example, fc: Example): Example => {
  const first = mul(div(fp, sub(fq, fp)), div(fc, sub(fq, fc)))
  const second = mul(mul(div(sub(c, p), sub(q, p)), div(fp, sub(fc, fp))), div(fq, sub(fc, fq)))
  return add(first, second)
}

/** The middle in asinh x; near together, or near 0, where that is x itself, the plain one, which loses no digits. */
const between = (a: Example, b: Example): Example => {
  const plain = add(mul(0.5, a), mul(0.5, b))
  const near = lessEqual(abs(sub(b, a)), add(1, minimum(abs(a), abs(b))))
  return where(near, plain, sinh(mul(0.5, add(asinh(a), asinh(b)))))
}
