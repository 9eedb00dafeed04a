import { abs, add, div, type Example, exp, interval, mul, neg, sub, take } from '@diffeo/autodiff'
import type { TransformKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import type { Transform } from '../transform.ts'

/** Options of `affineTransform`. */
export interface AffineTransformOptions {
  /** Log-scales stay within ±bound; 3 when left out. */
  readonly bound?: number
}

/**
 * x · e^s + t with two raw numbers for each coordinate, (t, r) in this order: what RealNVP's couplings and affine
 * autoregressive maps apply. The identity at raw numbers 0.
 *
 * The log-scale is softly clamped, s = r / (1 + |r| / bound), so that no network can stretch further than e^bound. The
 * clamps of all layers add: over depth, keep their sum below what a float32 can hold (`boundForDepth`).
 *
 * @throws when the bound is not positive
 * @see Dinh et al. 2017, Density estimation using Real NVP, section 3.2
 */
export const affineTransform = ({ bound = 3 }: AffineTransformOptions = {}): Transform<'real'> => {
  if (!(bound > 0 && bound < Infinity)) mistake(`affineTransform: the bound is a positive number, got ${bound}.`)
  const shiftOf = (raw: Example): Example => take(raw, -1, 0)
  const logScaleOf = (raw: Example): Example => {
    const r = take(raw, -1, 1)
    return div(r, add(1, div(abs(r), bound)))
  }
  return {
    spec: { kind: 'affineTransform', options: { bound }, parts: [] },
    domain: 'real',
    codomain: 'real',
    parameterCount: 2,
    initialRaw: [0, 0],
    forward: (raw, x) => {
      const logScale = logScaleOf(raw)
      return { value: add(mul(x, exp(logScale)), shiftOf(raw)), logDerivative: logScale }
    },
    inverse: (raw, z) => {
      const logScale = neg(logScaleOf(raw))
      return { value: mul(sub(z, shiftOf(raw)), exp(logScale)), logDerivative: logScale }
    },
    bounds: ([shift, r], x) => {
      const slope = scalesOf(r!, bound)
      const moved = interval.mul(x, slope)
      const nearest = r![0] <= 0 && r![1] >= 0 ? 0 : Math.min(Math.abs(r![0]), Math.abs(r![1]))
      return {
        value: interval.add(moved, shift!),
        slope,
        pulls: [1, Math.max(Math.abs(moved[0]), Math.abs(moved[1])) / (1 + nearest / bound) ** 2],
      }
    },
    preimage: ([shift, r], z) => interval.div(interval.sub(z, shift!), scalesOf(r!, bound)),
  }
}

/** e^s of log-scales that are softly clamped; ±bound for numbers without an end. */
const scalesOf = (raw: interval.Interval, bound: number): interval.Interval => {
  const at = (r: number): number => (Number.isFinite(r) ? r / (1 + Math.abs(r) / bound) : Math.sign(r) * bound)
  return [Math.exp(at(raw[0])), Math.exp(at(raw[1]))]
}

/**
 * A clamp for each of `depth` affine layers whose sum is at most `budget` (nats of stretch in one coordinate; 24 is a
 * factor of 10^10), and at most 3.
 */
export const boundForDepth = (depth: number, budget = 24): number => Math.min(3, budget / Math.max(1, depth))

export const affineTransformKind: TransformKind = {
  kind: 'affineTransform',
  build: (options) => affineTransform(options as AffineTransformOptions),
}
