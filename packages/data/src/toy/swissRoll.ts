import { logBlurredSpiral, onSpiral, type Spiral } from './blurredSpiral.ts'
import { square, type Toy, toy } from './density.ts'

const START = 1.5 * Math.PI
const END = 4.5 * Math.PI
const NOISE = 0.2

const spiral: Spiral = {
  pitch: 1 / 5,
  mirrored: false,
  weight: () => 1 / (END - START),
  start: START,
  end: END,
  box: 0,
  noise: NOISE,
}

/** A spiral of one and a half turns. As `swissroll` of FFJORD (scikit-learn's `make_swiss_roll` with noise 1, divided by 5). */
export const swissRoll: Toy = toy({
  name: 'swiss roll',
  draw: (from, row) => {
    const [x, y] = onSpiral(spiral, START + (END - START) * from.uniform(row, 0))
    return [x + NOISE * from.normal(row, 1), y + NOISE * from.normal(row, 2)]
  },
  logDensity: logBlurredSpiral(spiral),
  entropy: 2.66964617388,
  bounds: square(END / 5 + 8 * NOISE),
  scale: NOISE,
})
