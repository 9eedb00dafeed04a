import type { HostArray, Shape } from '@diffeo/autodiff'
import { type Domain, endsOf, showDomain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import type { Noise } from './noise.ts'

/** `everywhere` has far tails, landmarks and edges; `typical` is smooth noise, which meets no kink but by chance. */
export type PointKind = 'everywhere' | 'typical'

/**
 * Points of a domain for judging a map: typical ones, far tails, tiny magnitudes, whole numbers and common knots, and
 * points close to finite ends. Rounded to float32, so that every target sees the same point. `[...shape, lanes]`.
 */
export const drawPoints = (
  domain: Domain,
  lanes: number,
  noise: Noise,
  kind: PointKind = 'everywhere',
): HostArray & { readonly lanes: number } => {
  const size = domain.shape.reduce((product, n) => product * n, 1)
  const data = new Float64Array(size * lanes)
  for (let lane = 0; lane < lanes; lane++) {
    const point = drawPoint(domain, size, kind === 'typical' ? () => noise.normal() : () => real(noise), noise)
    for (let e = 0; e < size; e++) data[e * lanes + lane] = Math.fround(point[e]!)
  }
  return { data, shape: domain.shape, lanes }
}

/** `draw` gives reals, which a support's own shape is made of. */
const drawPoint = (domain: Domain, size: number, draw: () => number, noise: Noise): readonly number[] => {
  if (domain.parts)
    return domain.parts.flatMap((part) => [
      ...drawPoint(
        part,
        part.shape.reduce((product, n) => product * n, 1),
        draw,
        noise,
      ),
    ])
  const ends = endsOf(domain.support)
  if (ends) return fill(size, () => between(ends[0], ends[1], draw()))
  return rows(size, domain.shape, (n) => drawRow(domain, n, draw, noise))
}

const drawRow = (domain: Domain, n: number, draw: () => number, noise: Noise): readonly number[] => {
  switch (domain.support) {
    case 'simplex': {
      const weights = fill(n, () => Math.exp(2 * noise.normal()))
      const total = weights.reduce((a, b) => a + b, 0)
      return weights.map((w) => w / total)
    }
    case 'sphere': {
      const direction = fill(n, () => noise.normal())
      const norm = Math.hypot(...direction)
      return direction.map((v) => v / norm)
    }
    case 'ordered':
      return fill(n, draw).sort((a, b) => a - b)
    case 'circle':
      return fill(n, () => Math.PI * (2 * noise.uniform() - 1))
    default:
      return mistake(`laws: no points are known for ${showDomain(domain)}.`)
  }
}

/** A real as a number inside (lower, upper), close to a finite end when it is large. */
const between = (lower: number, upper: number, x: number): number => {
  if (lower === -Infinity && upper === Infinity) return x
  if (upper === Infinity) return lower + Math.exp(Math.max(-30, Math.min(30, x)))
  if (lower === -Infinity) return upper - Math.exp(Math.max(-30, Math.min(30, x)))
  const share = 1 / (1 + Math.exp(-x))
  return lower + (upper - lower) * Math.min(1 - 2 ** -20, Math.max(2 ** -20, share))
}

/** Ends of boxes, knots and kinks that layers put there. */
const LANDMARKS = [0, 1, -1, 2, -2, 3, -3, 5, -5, 10, -10, 12, -12, 0.5, -0.5] as const

const real = (noise: Noise): number => {
  const kind = noise.uniform()
  if (kind < 0.6) return noise.normal()
  if (kind < 0.8) return 5 * noise.normal()
  if (kind < 0.87) return 50 * noise.normal()
  if (kind < 0.94) return LANDMARKS[Math.floor(noise.uniform() * LANDMARKS.length)]!
  return (noise.uniform() < 0.5 ? -1 : 1) * 10 ** (9 * noise.uniform() - 6)
}

const fill = <T>(n: number, f: () => T): T[] => Array.from({ length: n }, f)

const rows = (size: number, shape: Shape, row: (n: number) => readonly number[]): readonly number[] => {
  const n = shape.at(-1) ?? 1
  return fill(size / n, () => row(n)).flat()
}
