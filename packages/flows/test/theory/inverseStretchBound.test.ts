import { eightGaussians, htru2 } from '@diffeo/data'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inverseStretchBound } from '../../src/theory/inverseStretchBound.ts'
import { normals } from '../draws.ts'
import { right } from '../either.ts'

const tableOf = (columns: readonly string[], data: Float64Array) => ({
  columns,
  rows: data.length / columns.length,
  data,
})
const drawn = (seed: number, rows: number, f: (z: number) => number) =>
  tableOf(['a'], Float64Array.from(normals(seed, [rows]).data, f))
/** x1 = 2 z1, x2 = z1 + z2. */
const mixed = (seed: number, rows: number) => {
  const { data: z } = normals(seed, [rows, 2])
  return tableOf(
    ['a', 'b'],
    Float64Array.from(z, (x, e) => (e % 2 === 0 ? 2 * x : z[e - 1]! + x)),
  )
}

describe('the least stretch of every exact inverse', () => {
  test('is the root of the largest eigenvalue of the covariance, which no direction of the rows exceeds', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const data = mixed(seed, 300)
        const { original } = right(inverseStretchBound(data))
        const spread = (angle: number): number => {
          const along = Array.from(
            { length: 300 },
            (_, i) => Math.cos(angle) * data.data[2 * i]! + Math.sin(angle) * data.data[2 * i + 1]!,
          )
          const mean = along.reduce((sum, x) => sum + x, 0) / 300
          return Math.sqrt(along.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 300)
        }
        const angles = Array.from({ length: 720 }, (_, k) => spread((k * Math.PI) / 720))
        expect(Math.max(...angles)).toBeLessThanOrEqual(original.bound.value * (1 + 1e-12))
        expect(Math.max(...angles)).toBeGreaterThan(original.bound.value * (1 - 1e-4))
        const [a, b] = original.direction
        expect(Math.abs(spread(Math.atan2(b!, a!)) - original.bound.value)).toBeLessThan(1e-10)
      }),
      { numRuns: 5 },
    ))

  test('has standard errors that samples confirm, in both units', () => {
    const found = Array.from({ length: 200 }, (_, seed) => right(inverseStretchBound(mixed(seed, 400))))
    for (const unit of ['original', 'standardised'] as const) {
      const values = found.map((b) => b[unit].bound.value)
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length
      const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1))
      const stated = found.reduce((sum, b) => sum + b[unit].bound.standardError, 0) / found.length
      expect(Math.abs(stated / spread - 1)).toBeLessThan(0.2)
    }
    // Eigenvalues of [[4, 2], [2, 2]] are 3 ± √5.
    const values = found.map((b) => b.original.bound.value)
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / 200 - Math.sqrt(3 + Math.sqrt(5)))).toBeLessThan(0.02)
  })

  test('of standardised columns lies between 1 and the root of their number', async () => {
    const { standardised } = right(inverseStretchBound(right(await htru2()())))
    expect(standardised.bound.value).toBeGreaterThan(1)
    expect(standardised.bound.value).toBeLessThan(Math.sqrt(8))
  })
})

describe('tails heavier than a normal’s', () => {
  const ROWS = 20_000
  const heavy = (f: (z: number) => number) =>
    right(inverseStretchBound(drawn(3, ROWS, f))).heavyTails.map(({ column, side }) => `${column} ${side}`)
  const logistic = (z: number): number => {
    // Of the normal's own tail probability, by a series that holds in the tails too.
    const upper = 0.5 * Math.exp(-0.717 * Math.abs(z) - 0.416 * z * z)
    return Math.sign(z) * Math.log((1 - upper) / upper)
  }

  test('are found at the ends that have them: a logistic at both, the exponential of a normal above', () => {
    expect(heavy(logistic)).toEqual(['a lower', 'a upper'])
    expect(heavy(Math.exp)).toEqual(['a upper'])
    expect(heavy((z) => z ** 3)).toEqual(['a lower', 'a upper'])
    expect(heavy((z) => z * z)).toEqual(['a upper'])
  })

  test('are not found in normals of any scale, uniform columns, Gaussian mixtures or counted values', () => {
    expect(heavy((z) => 1000 + 0.01 * z)).toEqual([])
    expect(heavy(Math.atan)).toEqual([])
    expect(heavy(Math.round)).toEqual([])
    expect(right(inverseStretchBound(eightGaussians.sample(7, ROWS))).heavyTails).toEqual([])
    for (let seed = 0; seed < 20; seed++)
      expect(right(inverseStretchBound(drawn(seed, 2000, (z) => z))).heavyTails).toEqual([])
  })

  test('grow with the power that they were made with', () => {
    const [tail] = right(inverseStretchBound(drawn(5, ROWS, (z) => Math.sign(z) * Math.abs(z) ** 1.8))).heavyTails
    expect(Math.abs(tail!.power - 1.8)).toBeLessThan(4 * tail!.standardError)
  })

  test('are not judged by fewer than 20 rows at an end', () => {
    expect(right(inverseStretchBound(drawn(1, 900, Math.exp))).heavyTails).toEqual([])
  })
})

describe('what is claimed of every exact inverse of a standard normal', () => {
  const grid = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200)
  /** E f(Z), by the trapezoidal rule. */
  const expectation = (f: (z: number) => number): number =>
    grid.reduce((sum, z) => sum + (f(z) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) / 200, 0)

  test.each([
    ['z + 0.9 sin z', (z: number) => z + 0.9 * Math.sin(z), (z: number) => 1 + 0.9 * Math.cos(z), 1.9],
    ['softplus', (z: number) => Math.log1p(Math.exp(z)), (z: number) => 1 / (1 + Math.exp(-z)), 1],
    ['2 atan z', (z: number) => 2 * Math.atan(z), (z: number) => 2 / (1 + z * z), 2],
    ['3 z - 1', (z: number) => 3 * z - 1, () => 3, 3],
  ])(
    '%s: the variance is at most the mean squared slope, and that at most the squared stretch',
    (name, g, slope, lip) => {
      const mean = expectation(g)
      const variance = expectation((z) => (g(z) - mean) ** 2)
      const squared = expectation((z) => slope(z) ** 2)
      expect(variance).toBeLessThanOrEqual(squared * (1 + 1e-9))
      expect(squared).toBeLessThanOrEqual(lip ** 2 * (1 + 1e-9))
      // Equality is for linear maps alone.
      expect(variance > squared * (1 - 1e-6)).toBe(name === '3 z - 1')
    },
  )

  test('tails heavier than a normal’s force an inverse that stretches without end: a Laplace and a t have slopes that grow with z', () => {
    // log of the normal's upper tail, by its continued fraction.
    const logTail = (z: number): number => {
      let rest = 0
      for (let k = 60; k > 0; k--) rest = k / (z + rest)
      return (-z * z) / 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(z + rest)
    }
    const slopes = (inverse: (logUpper: number) => number): readonly number[] =>
      [2, 4, 8, 16, 32].map((z) => (inverse(logTail(z + 1e-4)) - inverse(logTail(z - 1e-4))) / 2e-4)
    const laplace = slopes((logUpper) => -Math.LN2 - logUpper)
    const cauchy = slopes((logUpper) => 1 / Math.tan(Math.PI * Math.exp(logUpper)))
    for (const found of [laplace, cauchy])
      for (let i = 1; i < 5; i++) expect(found[i]!).toBeGreaterThan(1.5 * found[i - 1]!)
  })
})
