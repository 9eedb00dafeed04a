import { type Toy, toy } from './density.ts'
import { gaussLegendre } from './gaussLegendre.ts'
import { LOG_2_PI, logSumExp } from './normal.ts'

const RADIUS = 2
const NOISE = 0.2
/** e^-40 of a peak is below the rounding of its sum. */
const NEGLIGIBLE = 40
const rule = gaussLegendre(40)

/**
 * log ∫ exp(-κ(1 - cos u)) du from `a` to `b`, 0 <= a <= b <= π. The integrand falls from `a` on, and is integrated
 * only as far as it counts, where 40 nodes resolve it to rounding for every κ.
 */
const logArcIntegral = (kappa: number, a: number, b: number): number => {
  const lowest = Math.cos(a) - NEGLIGIBLE / kappa
  const end = lowest > -1 ? Math.min(b, Math.acos(lowest)) : b
  const half = (end - a) / 2
  if (half <= 0) return Number.NEGATIVE_INFINITY
  let sum = 0
  for (let i = 0; i < rule.nodes.length; i++) {
    const step = half * (1 + rule.nodes[i]!)
    // cos a - cos(a + step), without the difference of two nearly equal numbers.
    sum += rule.weights[i]! * Math.exp(-2 * kappa * Math.sin(a + step / 2) * Math.sin(step / 2))
  }
  return Math.log(half * sum) - 2 * kappa * Math.sin(a / 2) ** 2
}

/** log density of a point drawn evenly on the upper half of a circle around 0 and blurred by normal noise. */
const logUpperHalf = (x: number, y: number): number => {
  const r = Math.hypot(x, y)
  const angle = Math.atan2(y, x)
  const kappa = (r * RADIUS) / (NOISE * NOISE)
  // Angles of the arc as seen from the point's own direction, folded to both sides of it.
  const across =
    angle >= 0
      ? [logArcIntegral(kappa, 0, angle), logArcIntegral(kappa, 0, Math.PI - angle)]
      : [logArcIntegral(kappa, -angle, Math.PI), logArcIntegral(kappa, Math.PI + angle, Math.PI)]
  const gap = (r - RADIUS) / NOISE
  return logSumExp(across) - Math.log(Math.PI) - 0.5 * gap * gap - LOG_2_PI - 2 * Math.log(NOISE)
}

/**
 * Two interleaved half circles. As `moons` of FFJORD (scikit-learn's `make_moons` with noise 0.1, times 2, moved by
 * (-1, -0.2)), with even angles instead of a grid of them.
 */
export const moons: Toy = toy({
  name: 'moons',
  draw: (from, row) => {
    const angle = Math.PI * from.uniform(row, 1)
    const side = from.below(2, row, 0) === 0 ? 1 : -1
    const x = side * (RADIUS * Math.cos(angle) - 1) + NOISE * from.normal(row, 1)
    const y = side * (RADIUS * Math.sin(angle) - 0.5) + 0.3 + NOISE * from.normal(row, 2)
    return [x, y]
  },
  // The second moon is the first, turned by half a turn around (0, 0.3).
  logDensity: (x, y) => logSumExp([logUpperHalf(x + 1, y + 0.2), logUpperHalf(1 - x, 0.8 - y)]) - Math.LN2,
  entropy: 2.39387919597,
  bounds: { lower: [-3 - 8 * NOISE, -1.2 - 8 * NOISE], upper: [3 + 8 * NOISE, 1.8 + 8 * NOISE] },
  scale: NOISE,
})
