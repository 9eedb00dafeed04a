import type { Example } from '@diffeo/autodiff'
import { add, exp, max, reshape, slice, softplus, stopGradient, sub, takeAlong } from '@diffeo/autodiff'
import type { TransformKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import type { Transform } from '../transform.ts'
import { splineBounds, splinePreimage } from './spline/bounds.ts'
import { backThroughSpline, type Spline, throughSpline } from './spline/spline.ts'

/** Options of `rationalQuadraticSpline`. */
export interface RationalQuadraticSplineOptions {
  /** Number of bins K, at least 2. */
  readonly bins?: number
  /**
   * The spline acts on [-tails, tails]; points outside pass unchanged, whatever the data need there, so it must hold
   * the training rows: in standardised units real columns often reach 10 and more.
   */
  readonly tails?: number
  /** No bin is narrower or lower than this share of the box. */
  readonly minimumBin?: number
  /** No slope at a knot is below this. */
  readonly minimumSlope?: number
}

/**
 * Monotone rational-quadratic spline with linear tails: K bins on [-tails, tails], the identity outside, slope 1 at both
 * ends, so that value and slope are continuous everywhere.
 *
 * - Raw numbers of each coordinate: K for the widths and K for the heights (softmax each), then the slopes at the K - 1
 *   inner knots (softplus, shifted so that 0 gives slope 1): 3K - 1 in all. All zeros give the identity.
 * - Defaults: 8 bins, tails 12, bins of at least a thousandth of the box, slopes of at least 0.01.
 * - Fails: never; a point outside the box, infinite or NaN, comes back as it is.
 * @throws when there are fewer than 2 bins, the box is empty, or the least bins do not fit in it
 *
 * @see Durkan et al. 2019, Neural Spline Flows
 * @example
 * coupling({ mask: alternating(8, 0), transform: rationalQuadraticSpline({ bins: 8 }), conditioner: mlp([64, 64]) })
 */
export const rationalQuadraticSpline = (options: RationalQuadraticSplineOptions = {}): Transform<'real'> => {
  const { bins = 8, tails = 12, minimumBin = 1e-3, minimumSlope = 1e-2 } = options
  if (!(Number.isInteger(bins) && bins >= 2))
    mistake(`rationalQuadraticSpline: needs a whole number of bins, at least 2, got ${bins}.`)
  if (!(tails > 0 && Number.isFinite(tails)))
    mistake(`rationalQuadraticSpline: tails is half the width of the box, a positive number, got ${tails}.`)
  if (!(minimumBin >= 0 && minimumBin * bins < 1))
    mistake(
      `rationalQuadraticSpline: ${bins} bins of at least ${minimumBin} of the box do not fit in it; minimumBin is at least 0 and below 1 / bins.`,
    )
  if (!(minimumSlope > 0 && minimumSlope < 1))
    mistake(`rationalQuadraticSpline: minimumSlope is between 0 and 1, got ${minimumSlope}.`)

  // softplus(offset) = 1 - minimumSlope: a raw 0 is slope 1.
  const offset = Math.log(Math.expm1(1 - minimumSlope))
  const sizes = { bins, tails, minimumBin, minimumSlope, offset }
  const splineOf = (raw: Example): Spline => {
    const lead = raw.shape.slice(0, -1)
    const sizes = reshape(slice(raw, -1, 0, 2 * bins), [...lead, 2, bins])
    return {
      // Only ratios matter, so the largest may be taken out without a derivative.
      masses: exp(sub(sizes, stopGradient(max(sizes, -1, true)))),
      least: minimumBin,
      tails,
      // Taken first and made positive after: two softplus a coordinate instead of K - 1.
      slopesAt: (knots) => add(softplus(add(takeAlong(raw, add(knots, 2 * bins - 1)), offset)), minimumSlope),
    }
  }
  return {
    spec: { kind: 'rationalQuadraticSpline', options: { bins, tails, minimumBin, minimumSlope }, parts: [] },
    domain: 'real',
    codomain: 'real',
    parameterCount: 3 * bins - 1,
    initialRaw: Array.from({ length: 3 * bins - 1 }, () => 0),
    forward: (raw, x) => throughSpline(splineOf(raw), x),
    inverse: (raw, z) => backThroughSpline(splineOf(raw), z),
    bounds: (raw, x) => splineBounds(sizes, raw, x),
    preimage: (_, z) => splinePreimage(sizes, z),
  }
}

export const rationalQuadraticSplineKind: TransformKind = {
  kind: 'rationalQuadraticSpline',
  build: (options) => rationalQuadraticSpline(options as RationalQuadraticSplineOptions),
}
