import { type Expression, evaluateExpression, interval } from '@diffeo/autodiff'
import type { Lipschitz } from '../bijector.ts'
import { piecesOf } from './monotone.ts'
import { type Ends, rangeOf } from './undo.ts'

/** A scalar map as formulas of argument 0, and what its other arguments may be (an interval each). */
export interface Slopes {
  readonly forward: Expression
  readonly derivative: Expression
  readonly logDerivative: Expression
}

/** Bounds of an element-wise map on a box, coordinate by coordinate; `held(i)` gives the other arguments of coordinate i. */
export const elementwiseBounds = (
  slopes: Slopes,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  held: (coordinate: number) => readonly interval.Interval[],
): Lipschitz => {
  const image = { lower: new Float64Array(lower.length), upper: new Float64Array(lower.length) }
  let [forward, inverse] = [0, 0]
  for (let i = 0; i < lower.length; i++) {
    const others = held(i)
    const [least, most] = slopeOn(slopes, [lower[i]!, upper[i]!], others)
    forward = Math.max(forward, most)
    inverse = Math.max(inverse, 1 / least)
    const [a, b] = imageOf(slopes.forward, [lower[i]!, upper[i]!], others)
    image.lower[i] = a
    image.upper[i] = b
  }
  return { forward, inverse, image }
}

/** Bounds of |f′| on an interval: the derivative's and the log-derivative's, piece by piece, whichever is tighter. */
const slopeOn = ({ derivative, logDerivative }: Slopes, on: Ends, others: readonly interval.Interval[]): Ends => {
  let [least, most] = [Infinity, 0]
  for (const piece of finer(on)) {
    const direct = interval.abs(rangeOf(derivative, [piece, ...others]))
    const logs = rangeOf(logDerivative, [piece, ...others])
    least = Math.min(least, Math.max(direct[0], Math.exp(logs[0])))
    most = Math.max(most, Math.min(direct[1], Math.exp(logs[1])))
  }
  return [least, most]
}

/** Enough for bounds within a few percent where the slope changes by a factor of e. */
const PIECES = 64

const finer = (on: Ends): readonly Ends[] =>
  on[0] === on[1]
    ? [on]
    : piecesOf(on).flatMap(([a, b]) => {
        if (!Number.isFinite(a) || !Number.isFinite(b)) return [[a, b] as const]
        const cuts = Array.from({ length: PIECES + 1 }, (_, i) => (i === PIECES ? b : a + ((b - a) * i) / PIECES))
        return cuts.slice(1).map((cut, i) => [cuts[i]!, cut] as const)
      })

/** The map is monotone, so its ends map to the ends of the image; where the others are not single numbers, by interval arithmetic. */
const imageOf = (forward: Expression, on: Ends, others: readonly interval.Interval[]): Ends => {
  if (!others.every(([a, b]) => a === b)) return rangeOf(forward, [on, ...others])
  const [a, b] = on.map((end) => evaluateExpression(forward, [end, ...others.map(([value]) => value)]))
  return a! <= b! ? [a!, b!] : [b!, a!]
}
