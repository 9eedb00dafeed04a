import type { Toy } from '../../src/index.ts'

/**
 * Midpoint rule on a toy's box. For a smooth density that vanishes at the box's edge its error falls faster than any
 * power of the step, so steps of half the noise are enough.
 *
 * `side`: how many cells along each side of the box the mass is also counted in; a multiple of 8 puts edges on the axes, where some
 * toys have kinks, and on the checkerboard's lines.
 */
export const integrate = (toy: Toy, fineness: number, side: number) => {
  const [x0, y0] = toy.bounds.lower
  const [wide, high] = [toy.bounds.upper[0] - x0, toy.bounds.upper[1] - y0]
  const perCell = (length: number): number => Math.ceil(length / (side * fineness * toy.scale))
  const [nx, ny] = [side * perCell(wide), side * perCell(high)]
  const area = (wide / nx) * (high / ny)
  const cells = new Float64Array(side * side)
  let entropy = 0
  for (let i = 0; i < nx; i++)
    for (let j = 0; j < ny; j++) {
      const log = toy.logDensity([x0 + ((i + 0.5) * wide) / nx, y0 + ((j + 0.5) * high) / ny])
      const mass = Math.exp(log) * area
      if (mass === 0) continue
      entropy -= mass * log
      cells[Math.floor((i * side) / nx) * side + Math.floor((j * side) / ny)]! += mass
    }
  return { mass: cells.reduce((sum, p) => sum + p, 0), entropy, cells }
}

/** The cell a point lies in, or -1 outside the box. */
export const cellOf = (toy: Toy, side: number, x: number, y: number): number => {
  const [x0, y0] = toy.bounds.lower
  const i = Math.floor((side * (x - x0)) / (toy.bounds.upper[0] - x0))
  const j = Math.floor((side * (y - y0)) / (toy.bounds.upper[1] - y0))
  return i >= 0 && i < side && j >= 0 && j < side ? i * side + j : -1
}
