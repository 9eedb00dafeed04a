import { type Draws, draws } from '../draws.ts'
import { type Table, table } from '../table.ts'

/** A point of the plane. */
export type Point = ArrayLike<number>

/** A density on the plane whose logarithm and entropy are known, so that a fit can be judged by its distance to the best possible. */
export interface Toy {
  readonly name: string
  readonly dimension: 2
  /** `rows` points with columns `x` and `y`; the same seed gives the same points, and fewer rows the first of them. */
  readonly sample: (seed: number, rows: number) => Table
  /** log p in nats at `[x, y]`; -Infinity only outside the support. */
  readonly logDensity: (point: Point) => number
  /**
   * Differential entropy in nats, to every digit written: no model's expected log-likelihood exceeds its negative. In
   * closed form where there is one, else by the trapezoidal rule refined until the digits stood.
   */
  readonly entropy: number
  /** A box that holds all of the probability but less than 1e-12 of it. */
  readonly bounds: Bounds
  /** The smallest length over which the density changes by much: the standard deviation of its noise, or an edge. */
  readonly scale: number
}

export interface Bounds {
  readonly lower: readonly [number, number]
  readonly upper: readonly [number, number]
}

/** What is written down for one toy; `draw` makes the point of a row. */
export interface ToyDefinition {
  readonly name: string
  readonly draw: (from: Draws, row: number) => readonly [number, number]
  readonly logDensity: (x: number, y: number) => number
  readonly entropy: number
  readonly bounds: Bounds
  readonly scale: number
}

export const toy = ({ name, draw, logDensity, entropy, bounds, scale }: ToyDefinition): Toy => ({
  name,
  dimension: 2,
  sample: (seed, rows) => {
    const from = draws(seed)
    const data = new Float64Array(2 * rows)
    for (let row = 0; row < rows; row++) data.set(draw(from, row), 2 * row)
    return table({ columns: ['x', 'y'], data, source: name })
  },
  logDensity: (point) => logDensity(point[0]!, point[1]!),
  entropy,
  bounds,
  scale,
})

/** A square around the origin. */
export const square = (half: number): Bounds => ({ lower: [-half, -half], upper: [half, half] })
