import { type Curve, logBlurredCurve } from './blurredCurve.ts'
import { square, type Toy, toy } from './density.ts'

const START = 1.5 * Math.PI
const END = 4.5 * Math.PI
const NOISE = 0.2

const curve: Curve = {
  at: (t) => [(t * Math.cos(t)) / 5, (t * Math.sin(t)) / 5],
  weight: () => 1 / (END - START),
  speed: (t) => Math.hypot(1, t) / 5,
  start: START,
  end: END,
  box: 0,
  noise: NOISE,
}

/** A spiral of one and a half turns. As `swissroll` of FFJORD (scikit-learn's `make_swiss_roll` with noise 1, divided by 5). */
export const swissRoll: Toy = toy({
  name: 'swiss roll',
  draw: (from, row) => {
    const [x, y] = curve.at(START + (END - START) * from.uniform(row, 0))
    return [x + NOISE * from.normal(row, 1), y + NOISE * from.normal(row, 2)]
  },
  logDensity: logBlurredCurve(curve),
  entropy: 2.66964617388,
  bounds: square(END / 5 + 8 * NOISE),
  scale: NOISE,
})
