import { square, type Toy, toy } from './density.ts'
import { logNormal, logSumExp } from './normal.ts'

const WIDTH = 20
const BOUND = 2.5
const NOISE = 0.04
const ticks = Array.from({ length: WIDTH }, (_, i) => -BOUND + (2 * BOUND * i) / (WIDTH - 1))

/** Along each side of the diamond the density is the same mixture of 20 normals. */
const logAlong = (u: number): number => logSumExp(ticks.map((tick) => logNormal(u - tick, NOISE))) - Math.log(WIDTH)

/** A grid of 20 x 20 narrow normals, turned by 45 degrees. As `DiamondDataset` of Neural Spline Flows. */
export const diamond: Toy = toy({
  name: 'diamond',
  draw: (from, row) => {
    const u = ticks[from.below(WIDTH, row, 0)]! + NOISE * from.normal(row, 1)
    const v = ticks[from.below(WIDTH, row, 1)]! + NOISE * from.normal(row, 2)
    return [(u + v) * Math.SQRT1_2, (v - u) * Math.SQRT1_2]
  },
  logDensity: (x, y) => logAlong((x - y) * Math.SQRT1_2) + logAlong((x + y) * Math.SQRT1_2),
  entropy: 2.386082985,
  bounds: square(Math.SQRT2 * BOUND + 8 * NOISE),
  scale: NOISE,
})
