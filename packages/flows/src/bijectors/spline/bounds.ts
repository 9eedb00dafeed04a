import { interval } from '@diffeo/autodiff'
import type { TransformBounds } from '../../transform.ts'

/** A rational-quadratic spline's options, all given. */
export interface SplineSizes {
  readonly bins: number
  readonly tails: number
  readonly minimumBin: number
  readonly minimumSlope: number
  /** A raw number of it is slope 1. */
  readonly offset: number
}

/** Pieces of a bin: enough for slopes within some percent. */
const PIECES = 16

/**
 * What splines do on an interval when their raw numbers lie in intervals. Inside a bin, with ξ and η = 1 - ξ the place, p and
 * q the slopes at the ends in units of the mean slope s, N = qξ² + 2ξη + pη² and D = ξ² + η² + (p + q)ξη:
 *
 * y = bottom + h (ξ² + pξη) / D,  dy/dx = s N / D²,
 *
 * and of the rise ρ = (ξ² + pξη)/D: ∂ρ/∂p = ξη(η² + qξη)/D², ∂ρ/∂q = -ξη(ξ² + pξη)/D². All terms are positive, so each is
 * bounded by its own ends.
 *
 * @see Durkan et al. 2019, Neural Spline Flows, equations 4 and 5 (here divided by s)
 */
export const splineBounds = (
  sizes: SplineSizes,
  raw: readonly interval.Interval[],
  [low, high]: interval.Interval,
): TransformBounds => {
  const { bins, tails } = sizes
  if (low > tails || high < -tails) return { value: [low, high], slope: [1, 1], pulls: raw.map(() => 0) }
  const [widths, heights, slopes] = [shares(sizes, raw, 0), shares(sizes, raw, bins), knotSlopes(sizes, raw)]
  const [lefts, bottoms] = [sums(widths, tails), sums(heights, tails)]
  const outside = low < -tails || high > tails
  const at: interval.Interval = [Math.max(low, -tails), Math.min(high, tails)]
  let slope: interval.Interval | undefined = outside ? [1, 1] : undefined
  // What a knot's place, a bin's size and a knot's slope move the value by at most.
  let [byPlace, byWidth, byHeight]: interval.Interval[] = [
    [0, 0],
    [0, 0],
    [0, 1],
  ]
  const bySlope = new Float64Array(bins + 1)
  let [lowest, highest] = [Infinity, -Infinity]
  for (let k = 0; k < bins; k++) {
    if (lefts[k]![0] > high || lefts[k + 1]![1] < low) continue
    const along = interval.clip(interval.div(interval.sub(at, lefts[k]!), widths[k]!), [0, 1])
    const bin = onBin(widths[k]!, heights[k]!, slopes[k]!, slopes[k + 1]!, along)
    const risen = interval.add(bottoms[k]!, interval.mul(heights[k]!, bin.rise))
    slope = slope ? interval.hull(slope, bin.slope) : bin.slope
    byPlace = interval.hull(byPlace!, interval.neg(bin.slope))
    byWidth = interval.hull(byWidth!, bin.byWidth)
    byHeight = interval.hull(byHeight!, bin.byHeight)
    bySlope[k] = Math.max(bySlope[k]!, bin.bySlopes[0])
    bySlope[k + 1] = Math.max(bySlope[k + 1]!, bin.bySlopes[1])
    lowest = Math.min(lowest, risen[0])
    highest = Math.max(highest, risen[1])
  }
  const steep = slope ?? [1, 1]
  const inside: interval.Interval = [Math.max(-tails, lowest), Math.min(tails, highest)]
  const wide = (x: interval.Interval): number => Math.max(0, x[1]) - Math.min(0, x[0])
  const [ofWidths, ofHeights] = [
    wide([Math.min(byPlace![0], byWidth![0]), Math.max(byPlace![1], byWidth![1])]),
    wide(byHeight!),
  ]
  const dealt = 2 * tails * (1 - bins * sizes.minimumBin)
  return {
    value: outside ? interval.hull([low, high], inside) : inside,
    slope: steep,
    pulls: [
      // ∂ share_i / ∂ raw_j = σ_i (1[i = j] - σ_j): what is dealt to one is taken from all.
      ...massChanges(raw, 0, bins).map((c) => c * dealt * ofWidths),
      ...massChanges(raw, bins, bins).map((c) => c * dealt * ofHeights),
      ...Array.from({ length: bins - 1 }, (_, k) => bySlope[k + 1]! * sigmoid(raw[2 * bins + k]![1] + sizes.offset)),
    ],
  }
}

/** Splines keep the ends of the box and are the identity outside. */
export const splinePreimage = ({ tails }: SplineSizes, [low, high]: interval.Interval): interval.Interval => [
  low < -tails || low > tails ? low : -tails,
  high < -tails || high > tails ? high : tails,
]

const onBin = (
  w: interval.Interval,
  h: interval.Interval,
  left: interval.Interval,
  right: interval.Interval,
  along: interval.Interval,
) => {
  const s = interval.div(h, w)
  const [p, q] = [interval.div(left, s), interval.div(right, s)]
  let slope: interval.Interval | undefined
  let byWidth: interval.Interval | undefined
  let byHeight: interval.Interval | undefined
  const bySlopes: [number, number] = [0, 0]
  for (let i = 0; i < PIECES; i++) {
    const cut = (n: number): number => along[0] + ((along[1] - along[0]) * n) / PIECES
    const xi: interval.Interval = [cut(i), i === PIECES - 1 ? along[1] : cut(i + 1)]
    const eta: interval.Interval = [1 - xi[1], 1 - xi[0]]
    const [xx, xe, ee] = [times(xi, xi), productOf(xi), times(eta, eta)]
    const squares: interval.Interval = [squaresAt(xi[0], xi[1], true), squaresAt(xi[0], xi[1], false)]
    const d = plus(squares, times(plus(p, q), xe))
    const dd = times(d, d)
    const n = plus(plus(times(q, xx), times([2, 2], xe)), times(p, ee))
    const steep = interval.div(times(s, n), dd)
    const byP = interval.div(times(xe, plus(ee, times(q, xe))), dd)
    const byQ = interval.div(times(xe, plus(xx, times(p, xe))), dd)
    const rise = interval.clip(interval.div(plus(xx, times(p, xe)), d), [0, 1])
    // ∂y/∂w at a fixed left end: through ξ, and through p and q.
    const turned = interval.sub(times(left, byP), times(right, byQ))
    const wide = interval.sub(turned, times(steep, xi))
    const tall = interval.sub(rise, interval.sub(times(p, byP), times(q, byQ)))
    slope = slope ? interval.hull(slope, steep) : steep
    byWidth = byWidth ? interval.hull(byWidth, wide) : wide
    byHeight = byHeight ? interval.hull(byHeight, tall) : tall
    bySlopes[0] = Math.max(bySlopes[0], w[1] * byP[1])
    bySlopes[1] = Math.max(bySlopes[1], w[1] * byQ[1])
  }
  // The rise grows with ξ and p and falls with q.
  const riseAt = (x: number, a: number, b: number, otherwise: number): number => {
    const y = 1 - x
    const value = (x * x + a * x * y) / (x * x + y * y + (a + b) * x * y)
    return Number.isNaN(value) ? otherwise : value
  }
  const rise: interval.Interval = [
    riseAt(along[0], p[0], q[1], 0) * (1 - ROUNDING),
    Math.min(1, riseAt(along[1], p[1], q[0], 1) * (1 + ROUNDING)),
  ]
  return { rise, slope: slope!, byWidth: byWidth!, byHeight: byHeight!, bySlopes }
}

/** Of a handful of operations, relative. */
const ROUNDING = 1e-14

/** ξ² + η² on a piece: convex, least at 1/2. */
const squaresAt = (a: number, b: number, least: boolean): number => {
  const f = (x: number): number => x * x + (1 - x) * (1 - x)
  return least ? f(Math.min(Math.max(0.5, a), b)) : Math.max(f(a), f(b))
}
/** ξη on a piece: concave, most at 1/2. */
const productOf = ([a, b]: interval.Interval): interval.Interval => {
  const f = (x: number): number => x * (1 - x)
  return [Math.min(f(a), f(b)), f(Math.min(Math.max(0.5, a), b))]
}
const { add: plus, mul: times } = interval

/** A share of the box for each bin: what all have, and a softmax of the rest. */
const shares = (
  { bins, tails, minimumBin }: SplineSizes,
  raw: readonly interval.Interval[],
  from: number,
): readonly interval.Interval[] =>
  softmaxes(raw, from, bins).map(([a, b]): interval.Interval => {
    const dealt = 1 - bins * minimumBin
    return [2 * tails * (minimumBin + dealt * a), 2 * tails * (minimumBin + dealt * b)]
  })

const softmaxes = (raw: readonly interval.Interval[], from: number, count: number): readonly interval.Interval[] =>
  Array.from({ length: count }, (_, k): interval.Interval => {
    const share = (own: 0 | 1): number => {
      const mine = raw[from + k]![own]
      let others = 0
      for (let j = 0; j < count; j++) if (j !== k) others += Math.exp(raw[from + j]![own === 0 ? 1 : 0] - mine)
      return Number.isNaN(others) ? own : 1 / (1 + others)
    }
    return [share(0), share(1)]
  })

/** σ (1 - σ) at most. */
const massChanges = (raw: readonly interval.Interval[], from: number, count: number): readonly number[] =>
  softmaxes(raw, from, count).map(([a, b]) => {
    const at = Math.min(Math.max(0.5, a), b)
    return at * (1 - at)
  })

/** Knots from the left end of the box to its right, which are exact. */
const sums = (sizes: readonly interval.Interval[], tails: number): readonly interval.Interval[] => {
  const knots: interval.Interval[] = [[-tails, -tails]]
  for (const size of sizes) knots.push(interval.add(knots.at(-1)!, size))
  // Counted from the right end the bounds of the last ones are tighter.
  let right: interval.Interval = [tails, tails]
  for (let k = sizes.length; k >= 0; k--) {
    const both: interval.Interval = [Math.max(knots[k]![0], right[0]), Math.min(knots[k]![1], right[1])]
    knots[k] = both[0] <= both[1] ? both : right
    if (k > 0) right = interval.sub(right, sizes[k - 1]!)
  }
  return knots
}

/** Slopes at all knots; 1 at both ends. */
const knotSlopes = ({ bins, minimumSlope, offset }: SplineSizes, raw: readonly interval.Interval[]) =>
  Array.from({ length: bins + 1 }, (_, k): interval.Interval => {
    if (k === 0 || k === bins) return [1, 1]
    const [a, b] = raw[2 * bins + k - 1]!
    return [minimumSlope + softplus(a + offset), minimumSlope + softplus(b + offset)]
  })
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
