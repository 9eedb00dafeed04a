import { add, clamp, div, type Example, less, log, mul, neg, sqrt, sub, where } from '@diffeo/autodiff'
import type { Transformed } from '../../transform.ts'

/**
 * One bin of a monotone rational-quadratic spline, element by element: it maps [left, left + width] onto
 * [bottom, bottom + height] with the given positive slopes at its two ends.
 */
export interface Bin {
  readonly left: Example
  readonly width: Example
  readonly bottom: Example
  readonly height: Example
  readonly slopeLeft: Example
  readonly slopeRight: Example
}

/**
 * y at x. With ξ and ρ the places in the bin from 0 to 1, s = height / width, p = slopeLeft / s and q = slopeRight / s:
 *
 * ρ = (ξ² + p ξ(1-ξ)) / (1 + (p + q - 2) ξ(1-ξ))
 *
 * @see Durkan et al. 2019, Neural Spline Flows, equations 4 and 5 (here divided by s)
 */
export const throughBin = (bin: Bin, x: Example): Transformed => {
  const shape = shapeOf(bin)
  const { p } = shape
  const along = clamp(div(sub(x, bin.left), bin.width), 0, 1)
  const rest = sub(1, along)
  const spread = denominator(shape, along, rest)
  const rise = div(mul(along, add(along, mul(p, rest))), spread)
  return { value: add(bin.bottom, mul(bin.height, rise)), logDerivative: logSlope(shape, along, rest, spread) }
}

/**
 * x at y. In the odds u = ξ/(1-ξ) the equation of `throughBin` is
 *
 * (1-ρ) u² + β u - ρ = 0,  β = p(1-ρ) - qρ,
 *
 * whose discriminant β² + 4ρ(1-ρ) is a sum of positive terms; the root is taken in the form that adds |β| to its square
 * root, on either side, so that nothing cancels and both ξ and 1-ξ keep their digits.
 */
export const backThroughBin = (bin: Bin, y: Example): Transformed => {
  const shape = shapeOf(bin)
  const { p, q } = shape
  const risen = clamp(div(sub(y, bin.bottom), bin.height), 0, 1)
  const rest = sub(1, risen)
  const beta = sub(mul(p, rest), mul(q, risen))
  const falling = less(beta, 0)
  const size = add(where(falling, neg(beta), beta), sqrt(add(mul(beta, beta), mul(4, mul(risen, rest)))))
  // ξ : 1-ξ as two positive numbers
  const before = where(falling, size, mul(2, risen))
  const after = where(falling, mul(2, rest), size)
  const whole = add(before, after)
  const along = div(before, whole)
  const left = div(after, whole)
  return {
    value: add(bin.left, mul(bin.width, along)),
    logDerivative: neg(logSlope(shape, along, left, denominator(shape, along, left))),
  }
}

/** Mean slope of a bin, and the slopes at its ends in units of it. */
interface Slopes {
  readonly s: Example
  readonly p: Example
  readonly q: Example
}
const shapeOf = ({ width, height, slopeLeft, slopeRight }: Bin): Slopes => {
  const s = div(height, width)
  return { s, p: div(slopeLeft, s), q: div(slopeRight, s) }
}

const denominator = ({ p, q }: Slopes, along: Example, rest: Example): Example =>
  add(1, mul(sub(add(p, q), 2), mul(along, rest)))

/** log dy/dx = log( s (qξ² + 2ξ(1-ξ) + p(1-ξ)²) / denominator² ), Durkan et al. 2019, equation 5. */
const logSlope = ({ s, p, q }: Slopes, along: Example, rest: Example, spread: Example): Example => {
  const weight = add(mul(along, add(mul(q, along), rest)), mul(rest, add(along, mul(p, rest))))
  return log(div(mul(s, weight), mul(spread, spread)))
}
