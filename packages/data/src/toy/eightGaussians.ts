import { square, type Toy, toy } from './density.ts'
import { LOG_2_PI, logSumExp } from './normal.ts'

/** FFJORD divides by this rounded root of 2, so the same points come out only with it. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the rounded value is the definition.
const SHRINK = 1.414
const RADIUS = 4 / SHRINK
const NOISE = 0.5 / SHRINK

const centres = Array.from({ length: 8 }, (_, k): readonly [number, number] => {
  const angle = (k * Math.PI) / 4
  return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)]
})

/** Eight round normals on a circle. As `8gaussians` of FFJORD. */
export const eightGaussians: Toy = toy({
  name: 'eight gaussians',
  draw: (from, row) => {
    const [x, y] = centres[from.below(8, row, 0)]!
    return [x + NOISE * from.normal(row, 1), y + NOISE * from.normal(row, 2)]
  },
  logDensity: (x, y) =>
    logSumExp(centres.map(([a, b]) => (-0.5 * ((x - a) ** 2 + (y - b) ** 2)) / NOISE ** 2)) -
    Math.log(8) -
    LOG_2_PI -
    2 * Math.log(NOISE),
  entropy: 2.83188040614,
  bounds: square(RADIUS + 8 * NOISE),
  scale: NOISE,
})
