import { erfcx } from './erfcx.ts'
import { gaussLegendre } from './gaussLegendre.ts'
import { logNormal } from './normal.ts'

/** A point drawn on a curve, moved by an even number of [0, `box`] in each coordinate, blurred by normal noise. */
export interface Curve {
  readonly at: (t: number) => readonly [number, number]
  /** Density of t on [`start`, `end`]. */
  readonly weight: (t: number) => number
  /** Length of curve per unit of t. */
  readonly speed: (t: number) => number
  readonly start: number
  readonly end: number
  readonly box: number
  readonly noise: number
}

const NODES = 8
/** Parts of the curve whose share is below e^-40 of the nearest part's are left out. */
const NEGLIGIBLE = 40

/** A short piece of the curve: its middle, how far it reaches from there, its nodes and their weights. */
interface Panel {
  readonly x: number
  readonly y: number
  readonly reach: number
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly logWeights: Float64Array
}

/** Pieces as long as the noise, on which 8 nodes integrate a normal density to rounding. */
const panelsOf = ({ at, weight, speed, start, end, noise }: Curve): readonly Panel[] => {
  const rule = gaussLegendre(NODES)
  const panels: Panel[] = []
  for (let from = start; from < end; ) {
    const to = Math.min(end, from + noise / speed(from))
    const half = (to - from) / 2
    const places = Array.from(rule.nodes, (node) => from + half * (1 + node))
    const [x, y] = at(from + half)
    const ends = [at(from), at(to)]
    panels.push({
      x,
      y,
      // A little more than the ends, for what bends outwards between.
      reach: 1.1 * Math.max(...ends.map(([a, b]) => Math.hypot(a - x, b - y))),
      xs: Float64Array.from(places, (t) => at(t)[0]),
      ys: Float64Array.from(places, (t) => at(t)[1]),
      logWeights: Float64Array.from(places, (t, i) => Math.log(half * rule.weights[i]! * weight(t))),
    })
    from = to
  }
  return panels
}

/** log density of an even number of [0, box] plus normal noise at d; for box 0 that of the noise. */
const logBlur = (d: number, box: number, noise: number): number => {
  if (box === 0) return logNormal(d, noise)
  // Mirrored so that, outside, both ends lie in the upper tail, whose difference keeps its digits.
  const middle = box / 2
  const near = (Math.abs(d - middle) - middle) / noise
  const far = (Math.abs(d - middle) + middle) / noise
  const tail = (z: number): number => 0.5 * erfcx(z * Math.SQRT1_2)
  const logMass =
    near > 0
      ? Math.log(tail(near) - Math.exp(0.5 * (near * near - far * far)) * tail(far)) - 0.5 * near * near
      : Math.log1p(-Math.exp(-0.5 * near * near) * tail(-near) - Math.exp(-0.5 * far * far) * tail(far))
  return logMass - Math.log(box)
}

/** How far d lies outside [0, box]. */
const outside = (d: number, box: number): number => Math.max(-d, d - box, 0)

/**
 * log density of a blurred curve, to about 1e-10 inside a box of twice the curve's size; far outside, where the peak
 * along the curve is narrower than the noise, the nodes no longer resolve it and the error grows.
 */
export const logBlurredCurve = (curve: Curve): ((x: number, y: number) => number) => {
  const { box, noise } = curve
  let panels: readonly Panel[] | undefined
  return (x, y) => {
    // Made at the first call: importing the package should cost nothing.
    panels ??= panelsOf(curve)
    const distances = panels.map((panel) => Math.hypot(outside(x - panel.x, box), outside(y - panel.y, box)))
    const nearest = distances.reduce((least, d) => Math.min(least, d), Number.POSITIVE_INFINITY)
    const limit = Math.sqrt(nearest * nearest + 2 * NEGLIGIBLE * noise * noise)
    // Σ exp(term) kept relative to the largest term so far, so nothing under- or overflows.
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0]
    panels.forEach((panel, k) => {
      if (distances[k]! - panel.reach > limit) return
      for (let i = 0; i < NODES; i++) {
        const blur = logBlur(x - panel.xs[i]!, box, noise) + logBlur(y - panel.ys[i]!, box, noise)
        const term = blur + panel.logWeights[i]!
        if (term > largest) {
          sum = sum * Math.exp(largest - term) + 1
          largest = term
        } else sum += Math.exp(term - largest)
      }
    })
    return largest + Math.log(sum)
  }
}
