import { square, type Toy, toy } from './density.ts'

const modTwo = (n: number): number => ((n % 2) + 2) % 2

/** Eight squares of side 2, evenly filled, on the board [-4, 4)². As `checkerboard` of FFJORD. Entropy log 32. */
export const checkerboard: Toy = toy({
  name: 'checkerboard',
  draw: (from, row) => {
    const column = from.below(4, row, 0) - 2
    const rank = 2 * from.below(2, row, 1) - 2 + modTwo(column)
    return [2 * (column + from.uniform(row, 2)), 2 * (rank + from.uniform(row, 3))]
  },
  logDensity: (x, y) => {
    const inside = x >= -4 && x < 4 && y >= -4 && y < 4
    const dark = modTwo(Math.floor(x / 2) + Math.floor(y / 2)) === 0
    return inside && dark ? -Math.log(32) : Number.NEGATIVE_INFINITY
  },
  entropy: Math.log(32),
  bounds: square(4),
  scale: 2,
})
