import { erfcx } from './erfcx.ts'
import { gaussLegendre } from './gaussLegendre.ts'
import { logNormal } from './normal.ts'

/**
 * A point drawn on the spiral at angle t and distance `pitch` · t, moved by an even number of [0, `box`] in each
 * coordinate, blurred by normal noise.
 */
export interface Spiral {
  readonly pitch: number
  /** Whether x is mirrored. */
  readonly mirrored: boolean
  /** Density of t on [`start`, `end`]. */
  readonly weight: (t: number) => number
  readonly start: number
  readonly end: number
  readonly box: number
  readonly noise: number
}

/** The spiral's point at angle t. */
export const onSpiral = ({ pitch, mirrored }: Spiral, t: number): readonly [number, number] => [
  (mirrored ? -1 : 1) * pitch * t * Math.cos(t),
  pitch * t * Math.sin(t),
]

const NODES = 8
/** Parts of the spiral whose share is below e^-35 of the nearest part's are left out. */
const NEGLIGIBLE = 35

/** A short piece of the spiral: its middle, how far it reaches from there, its nodes and their weights. */
interface Panel {
  readonly x: number
  readonly y: number
  readonly reach: number
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly logWeights: Float64Array
}

/** Pieces of 1.5 deviations of the noise, on which 8 nodes integrate a normal density to 1e-13, halved `level` times. */
const panelsOf = (spiral: Spiral, level: number): readonly Panel[] => {
  const { pitch, weight, start, end, noise } = spiral
  const at = (t: number): readonly [number, number] => onSpiral(spiral, t)
  const rule = gaussLegendre(NODES)
  const panels: Panel[] = []
  for (let from = start; from < end; ) {
    const to = Math.min(end, from + (1.5 * noise) / (2 ** level * pitch * Math.hypot(1, from)))
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

/** The upper tail of the normal distribution at z >= 0, times exp(z² / 2). */
const tail = (z: number): number => 0.5 * erfcx(z * Math.SQRT1_2)

/** log density of an even number of [0, box] plus normal noise at d; for box 0 that of the noise. */
const logBlur = (d: number, box: number, noise: number): number => {
  if (box === 0) return logNormal(d, noise)
  // Mirrored so that, outside, both ends lie in the upper tail, whose difference keeps its digits.
  const middle = box / 2
  const near = (Math.abs(d - middle) - middle) / noise
  const far = (Math.abs(d - middle) + middle) / noise
  const logMass =
    near > 0
      ? Math.log(tail(near) - Math.exp(0.5 * (near * near - far * far)) * tail(far)) - 0.5 * near * near
      : Math.log1p(-Math.exp(-0.5 * near * near) * tail(-near) - Math.exp(-0.5 * far * far) * tail(far))
  return logMass - Math.log(box)
}

/** How far d lies outside [0, box]. */
const outside = (d: number, box: number): number => Math.max(-d, d - box, 0)

/** From here on the panels are no longer halved: points 200 deviations away. */
const FINEST = 6

/**
 * Seen from a distance d, the blur falls along the spiral by up to a factor exp(d / noise²) per unit length (beyond its
 * ends); panels keep that below e⁵ each.
 */
const levelFor = (distance: number, noise: number): number =>
  Math.min(Math.max(Math.ceil(Math.log2(distance / (3 * noise))), 0), FINEST)

/** log density of a blurred spiral, to about 1e-11 relative to the larger of 1 and itself. */
export const logBlurredSpiral = (spiral: Spiral): ((x: number, y: number) => number) => {
  const { box, noise } = spiral
  const levels = new Map<number, readonly Panel[]>()
  const panelsAt = (level: number): readonly Panel[] => {
    // Made when first asked for: importing the package should cost nothing.
    const made = levels.get(level) ?? panelsOf(spiral, level)
    levels.set(level, made)
    return made
  }
  return (x, y) => {
    const distanceTo = (panel: Panel): number => {
      const [dx, dy] = [outside(x - panel.x, box), outside(y - panel.y, box)]
      return Math.sqrt(dx * dx + dy * dy)
    }
    let nearest = Number.POSITIVE_INFINITY
    for (const panel of panelsAt(0)) nearest = Math.min(nearest, distanceTo(panel))
    const limit = Math.sqrt(nearest * nearest + 2 * NEGLIGIBLE * noise * noise)
    // Σ exp(term) kept relative to the largest term so far, so nothing under- or overflows.
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0]
    for (const panel of panelsAt(levelFor(nearest, noise))) {
      if (distanceTo(panel) - panel.reach > limit) continue
      for (let i = 0; i < NODES; i++) {
        const blur = logBlur(x - panel.xs[i]!, box, noise) + logBlur(y - panel.ys[i]!, box, noise)
        const term = blur + panel.logWeights[i]!
        if (term > largest) {
          sum = sum * Math.exp(largest - term) + 1
          largest = term
        } else sum += Math.exp(term - largest)
      }
    }
    return largest + Math.log(sum)
  }
}
