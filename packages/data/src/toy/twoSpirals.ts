import { logBlurredSpiral, onSpiral, type Spiral } from './blurredSpiral.ts'
import { square, type Toy, toy } from './density.ts'
import { logSumExp } from './normal.ts'

/** One and a half turns. */
const END = 3 * Math.PI
const BOX = 0.5 / 3
const NOISE = 0.1

const arm: Spiral = {
  pitch: 1 / 3,
  mirrored: true,
  // t is END times the root of an even number.
  weight: (t) => (2 * t) / END ** 2,
  start: 0,
  end: END,
  box: BOX,
  noise: NOISE,
}
const logArm = logBlurredSpiral(arm)

/** Two spiral arms, each the other turned by half a turn. As `2spirals` of FFJORD. */
export const twoSpirals: Toy = toy({
  name: 'two spirals',
  draw: (from, row) => {
    const [x, y] = onSpiral(arm, END * Math.sqrt(from.uniform(row, 0)))
    const side = from.below(2, row, 1) === 0 ? 1 : -1
    return [
      side * (x + BOX * from.uniform(row, 2)) + NOISE * from.normal(row, 2),
      side * (y + BOX * from.uniform(row, 3)) + NOISE * from.normal(row, 3),
    ]
  },
  logDensity: (x, y) => logSumExp([logArm(x, y), logArm(-x, -y)]) - Math.LN2,
  entropy: 2.6454502836,
  bounds: square(END / 3 + BOX + 8 * NOISE),
  scale: NOISE,
})
