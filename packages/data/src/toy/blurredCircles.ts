import { logScaledBesselI0 } from './besselI0.ts'
import { square, type Toy, toy } from './density.ts'
import { LOG_2_PI, logSumExp } from './normal.ts'

interface Circle {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/**
 * log density of a point drawn evenly on a circle and blurred by normal noise of deviation s: the Rice density of the
 * distance r over 2πr, that is exp(-(r² + R²) / 2s²) I₀(rR / s²) / 2πs².
 */
const logBlurredCircle = (circle: Circle, s: number, x: number, y: number): number => {
  const r = Math.hypot(x - circle.x, y - circle.y)
  const gap = (r - circle.radius) / s
  return -0.5 * gap * gap + logScaledBesselI0((r * circle.radius) / (s * s)) - LOG_2_PI - 2 * Math.log(s)
}

interface CircleFamily {
  readonly name: string
  readonly circles: readonly Circle[]
  readonly noise: number
  readonly entropy: number
}

/** Circles of equal weight, blurred. */
const blurredCircles = ({ name, circles, noise, entropy }: CircleFamily): Toy =>
  toy({
    name,
    draw: (from, row) => {
      const { x, y, radius } = circles[from.below(circles.length, row, 0)]!
      const angle = 2 * Math.PI * from.uniform(row, 1)
      return [
        x + radius * Math.cos(angle) + noise * from.normal(row, 1),
        y + radius * Math.sin(angle) + noise * from.normal(row, 2),
      ]
    },
    logDensity: (x, y) =>
      logSumExp(circles.map((circle) => logBlurredCircle(circle, noise, x, y))) - Math.log(circles.length),
    entropy,
    bounds: square(
      Math.max(...circles.map(({ x, y, radius }) => Math.max(Math.abs(x), Math.abs(y)) + radius)) + 8 * noise,
    ),
    scale: noise,
  })

const concentric = (radii: readonly number[]): readonly Circle[] => radii.map((radius) => ({ x: 0, y: 0, radius }))

/** Two circles. As `circles` of FFJORD (scikit-learn's `make_circles` with factor 0.5 and noise 0.08, times 3). */
export const circles: Toy = blurredCircles({
  name: 'circles',
  circles: concentric([3, 1.5]),
  noise: 0.24,
  entropy: 3.2681357117,
})

/** Four concentric rings. As `rings` of FFJORD: radii 1, 3/4, 1/2, 1/4 times 3, noise 0.08. */
export const rings: Toy = blurredCircles({
  name: 'rings',
  circles: concentric([3, 2.25, 1.5, 0.75]),
  noise: 0.08,
  entropy: 2.6231827703,
})

/** Four overlapping circles. As `FourCircles` of Neural Spline Flows. */
export const fourCircles: Toy = blurredCircles({
  name: 'four circles',
  circles: [-1, 1].flatMap((x) => [-1, 1].map((y) => ({ x, y, radius: 2 }))),
  noise: 0.1,
  entropy: 2.8708190176,
})
