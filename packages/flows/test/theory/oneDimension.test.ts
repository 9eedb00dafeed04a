import {
  add,
  constant,
  div,
  type Example,
  erf,
  erfInverse,
  expandDims,
  log,
  mul,
  neg,
  root,
  sigmoid,
  sub,
  sum,
  take,
} from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uniqueness } from '../../src/theory/uniqueness.ts'
import { normals } from '../draws.ts'
import { flow, logExponential, table } from './exactMaps.ts'

// Random mixtures of logistic variables, taken to a base by their distribution function F.

interface Mixture {
  readonly weights: readonly number[]
  readonly centres: readonly number[]
  readonly scales: readonly number[]
}
const mixtures = fc.nat({ max: 1e6 }).map((seed): Mixture & { readonly seed: number } => {
  const raw = Array.from(normals(seed, [9]).data)
  const parts = raw.slice(0, 3).map(Math.exp)
  const total = parts.reduce((a, b) => a + b, 0)
  return {
    seed,
    weights: parts.map((w) => w / total),
    centres: raw.slice(3, 6).map((c) => 2 * c),
    scales: raw.slice(6).map((s) => Math.exp(0.4 * s)),
  }
})

/** Σ w σ((x - c) / s), and the same from above: 1 - F without cancellation. */
const below = ({ weights, centres, scales }: Mixture, x: Example, sign = 1): Example =>
  sum(mul(constant(weights), sigmoid(mul(sign, div(sub(x, constant(centres)), constant(scales))))))

const single =
  (f: (x: Example) => Example) =>
  (x: Example): Example =>
    expandDims(f(take(x, 0, 0)), 0)
/** Φ⁻¹ of a probability and of its complement. */
const quantile = (p: Example, rest: Example): Example => mul(Math.SQRT2, erfInverse(sub(p, rest)))
const towards = (m: Mixture, sign: number) => single((x) => quantile(below(m, x, sign), below(m, x, -sign)))

const upwards = (m: Mixture) => flow('upwards', 1, towards(m, 1))
const downwards = (m: Mixture) => flow('downwards', 1, towards(m, -1))
/** z with Φ(z) = F(x), by a search. */
const searched = (m: Mixture) =>
  flow(
    'searched',
    1,
    single((x) => root((z: Example) => sub(mul(0.5, add(1, erf(mul(Math.SQRT1_2, z)))), below(m, x)), -9, 9)),
  )
const upToExponential = (m: Mixture) =>
  flow(
    'upToExponential',
    1,
    single((x) => log(neg(log(below(m, x, -1))))),
    logExponential,
  )
const downToExponential = (m: Mixture) =>
  flow(
    'downToExponential',
    1,
    single((x) => log(neg(log(below(m, x))))),
    logExponential,
  )

/** Draws: a part of the mixture, then a logistic variable from it. */
const sampleOf = ({ weights, centres, scales, seed }: Mixture & { readonly seed: number }, rows: number) => {
  // Uniform numbers enough for a sample, by a stride that no short cycle divides.
  const uniformAt = (i: number, stream: number): number => {
    const u = (0.5 + (i + 1) * (stream === 0 ? 0.6180339887498949 : 0.7548776662466927) + (seed % 97) / 97) % 1
    return Math.min(Math.max(u, 1e-4), 1 - 1e-4)
  }
  return table(rows, 1, (i) => {
    let k = 0
    for (let u = uniformAt(i, 0) - weights[0]!; u > 0 && k < 2; u -= weights[k]!) k++
    const v = uniformAt(i, 1)
    return [centres[k]! + scales[k]! * Math.log(v / (1 - v))]
  })
}

test('increasing maps of one coordinate agree, found by a formula and by a search, and with decreasing ones over a normal', () =>
  fc.assert(
    fc.asyncProperty(mixtures, async (m) => {
      const sample = sampleOf(m, 60)
      const up = await uniqueness(upwards(m), searched(m), sample)
      expect(up.findings).toEqual([])
      expect(up.theorem?._tag).toBe('IncreasingInOneDimension')
      expect(up.determinant.largest).toBeLessThan(1e-6)
      const down = await uniqueness(upwards(m), downwards(m), sample)
      expect(down.findings).toEqual([])
      expect(down.theorem?._tag).toBe('MonotoneInOneDimension')
      expect(down.determinant.largest).toBeLessThan(1e-6)
    }),
    { numRuns: 6 },
  ))

test('over a base that is not symmetric, increasing and decreasing maps have one density and two determinants', () =>
  fc.assert(
    fc.asyncProperty(mixtures, async (m) => {
      const u = await uniqueness(upToExponential(m), downToExponential(m), sampleOf(m, 60))
      expect(u.density.largest).toBeLessThan(1e-6)
      expect(u.theorem).toBeUndefined()
      expect(u.determinant.largest).toBeGreaterThan(0.1)
    }),
    { numRuns: 6 },
  ))
