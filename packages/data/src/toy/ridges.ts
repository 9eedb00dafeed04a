import { type Bounds, type Toy, toy } from './density.ts'
import { LOG_2_PI, logNormal } from './normal.ts'

interface Ridge {
  readonly name: string
  /** Height of the ridge above its base coordinate. */
  readonly height: (base: number) => number
  /** log of the noise around that height. */
  readonly logNoise: number
  /** Slope of the height at its steepest, within three deviations of the base: across a steep ridge it is that much narrower. */
  readonly steepest: number
  /** Whether the base coordinate is the second one. */
  readonly upright: boolean
}

/** Standard deviations of the base inside `bounds`. */
const REACH = 8

const boundsOf = ({ height, logNoise, upright }: Ridge): Bounds => {
  const heights = Array.from({ length: 1601 }, (_, i) => height(REACH * (i / 800 - 1)))
  const margin = REACH * Math.exp(logNoise)
  const [low, high] = [Math.min(...heights) - margin, Math.max(...heights) + margin]
  return upright ? { lower: [low, -REACH], upper: [high, REACH] } : { lower: [-REACH, low], upper: [REACH, high] }
}

/**
 * A standard normal base coordinate, and one that is normal around a function of it. Shifting costs no volume, so the
 * entropy is that of two normals: 1 + log 2π + log noise.
 */
const ridge = (definition: Ridge): Toy => {
  const { name, height, logNoise, steepest, upright } = definition
  const noise = Math.exp(logNoise)
  return toy({
    name,
    draw: (from, row) => {
      const base = from.normal(row, 0)
      const above = height(base) + noise * from.normal(row, 1)
      return upright ? [above, base] : [base, above]
    },
    logDensity: (x, y) => {
      const [base, above] = upright ? [y, x] : [x, y]
      return logNormal(base, 1) + logNormal(above - height(base), noise)
    },
    entropy: 1 + LOG_2_PI + logNoise,
    bounds: boundsOf(definition),
    scale: noise / Math.hypot(1, steepest),
  })
}

/** A parabola lying on its side. As `CrescentDataset` of Neural Spline Flows. */
export const crescent: Toy = ridge({
  name: 'crescent',
  height: (u) => (u * u) / 2 - 1,
  logNoise: -1,
  steepest: 3,
  upright: true,
})

/** A cubic lying on its side. As `CrescentCubedDataset` of Neural Spline Flows. */
export const crescentCubed: Toy = ridge({
  name: 'crescent cubed',
  height: (u) => 0.2 * u ** 3,
  logNoise: 0,
  steepest: 5.4,
  upright: true,
})

/** A sine wave. As `SineWaveDataset` of Neural Spline Flows. */
export const sine: Toy = ridge({
  name: 'sine',
  height: (u) => Math.sin(5 * u),
  logNoise: -1,
  steepest: 5,
  upright: false,
})

/** A corner. As `AbsDataset` of Neural Spline Flows. */
export const abs: Toy = ridge({
  name: 'abs',
  height: (u) => Math.abs(u) - 1,
  logNoise: -1.5,
  steepest: 1,
  upright: false,
})

/** Two separate lines. As `SignDataset` of Neural Spline Flows. */
export const sign: Toy = ridge({
  name: 'sign',
  height: (u) => Math.sign(u) + u,
  logNoise: -1.5,
  steepest: 1,
  upright: false,
})
