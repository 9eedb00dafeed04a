import { square, type Toy, toy } from './density.ts'
import { gaussLegendre } from './gaussLegendre.ts'
import { logNormal, logSumExp } from './normal.ts'

const ARMS = 5
const ALONG = 0.3
const ACROSS = 0.1
const RATE = 0.25
const SIZE = 2
/** Parts below e^-60 of the largest are left out. */
const NEGLIGIBLE = 60
/**
 * From this radius on (log density below -560) the arms wind thousands of times per unit, and finding every turn would
 * take ever longer; the mean over a circle stands for their ripple, which is about a nat high there.
 */
const BLURRED = 11

const turn = (a: number): number => RATE * Math.exp(a)
const logPart = (a: number, b: number): number => logNormal(a - 1, ALONG) + logNormal(b, ACROSS)

/** What one arm makes of its coordinate a, if the point is to lie on it: the a that comes back, less a, and its b. */
interface Trial {
  readonly a: number
  readonly excess: number
  readonly b: number
  /** Derivative of a - (a that comes back), and determinant of the arm's map. */
  readonly slope: number
}

const bisect = (lower: Trial, upper: Trial, value: (t: Trial) => number, at: (a: number) => Trial): Trial => {
  let [low, high] = [lower, upper]
  for (let round = 0; round < 60; round++) {
    const middle = at(0.5 * (low.a + high.a))
    if (value(low) * value(middle) <= 0) high = middle
    else low = middle
  }
  return at(0.5 * (low.a + high.a))
}

/** log of the density's mean over the circle of radius r, which no arm's turning changes. */
const logCircleMean = (r: number): number => {
  const rule = gaussLegendre(40)
  const half = (10 * ACROSS) / r
  const terms = Array.from(rule.nodes, (node, i) => {
    const angle = half * node
    return logPart(r * Math.cos(angle), r * Math.sin(angle)) + Math.log((half * rule.weights[i]!) / (2 * Math.PI))
  })
  return logSumExp(terms)
}

/**
 * log density before scaling. An arm turns (a, b), a ~ N(1, 0.3²), b ~ N(0, 0.1²), by an angle that grows with a, so a
 * point may come from several a: the roots of a = its first coordinate turned back by that angle, each with density
 * over |determinant|.
 */
const logWheel = (x: number, y: number): number => {
  const r = Math.hypot(x, y)
  if (r > BLURRED) return logCircleMean(r)
  const parts: number[] = []
  let best = Number.NEGATIVE_INFINITY
  const trialOf =
    (arm: number) =>
    (a: number): Trial => {
      const angle = (2 * Math.PI * arm) / ARMS + turn(a)
      const b = Math.sin(angle) * x + Math.cos(angle) * y
      return { a, excess: a - (Math.cos(angle) * x - Math.sin(angle) * y), b, slope: 1 + turn(a) * b }
    }
  const trials = Array.from({ length: ARMS }, (_, arm) => trialOf(arm))
  const root = (from: Trial, to: Trial, at: (a: number) => Trial): void => {
    if (from.excess * to.excess > 0) return
    const { a, b, slope } = bisect(from, to, (t) => t.excess, at)
    const part = logPart(a, b) - Math.log(Math.abs(slope))
    parts.push(part)
    best = Math.max(best, part)
  }
  // A root's b follows from a² + b² = r². From a = r down to 0 its part shrinks, so the search ends where it no longer
  // counts; the other end, a = -r, is searched only if it can count.
  const bound = (a: number): number => logPart(a, Math.sqrt(Math.max(r * r - a * a, 0)))
  const top = r + 1e-9
  let above = trials.map((at) => at(top))
  for (let a = top; a > -top; ) {
    if (a > 0 && Math.max(bound(a), bound(-r)) < best - NEGLIGIBLE) break
    a = Math.max(-top, a - Math.min(0.1, 0.2 / turn(a)))
    const below = trials.map((at) => at(a))
    trials.forEach((at, arm) => {
      const [from, to] = [below[arm]!, above[arm]!]
      if (from.slope * to.slope >= 0) return root(from, to, at)
      // The excess turns around in between: both halves may hold a root.
      const peak = bisect(from, to, (t) => t.slope, at)
      root(from, peak, at)
      root(peak, to, at)
    })
    above = below
  }
  return logSumExp(parts) - Math.log(ARMS)
}

/**
 * Five curved arms. As `pinwheel` of FFJORD. Far out in the tails (15 deviations of b) the arms fold over, and on the
 * fold lines the density is infinite. Exact up to a distance of 22 from the centre; beyond, its mean over a circle.
 */
export const pinwheel: Toy = toy({
  name: 'pinwheel',
  draw: (from, row) => {
    const a = 1 + ALONG * from.normal(row, 1)
    const b = ACROSS * from.normal(row, 2)
    const angle = (2 * Math.PI * from.below(ARMS, row, 0)) / ARMS + turn(a)
    return [SIZE * (a * Math.cos(angle) + b * Math.sin(angle)), SIZE * (b * Math.cos(angle) - a * Math.sin(angle))]
  },
  logDensity: (x, y) => logWheel(x / SIZE, y / SIZE) - 2 * Math.log(SIZE),
  entropy: 2.317788036,
  bounds: square(SIZE * (1 + 8 * ALONG)),
  scale: SIZE * ACROSS,
})
