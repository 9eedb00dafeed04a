import { filterRows, htru2, modulusTen, splitByModulus, type Table } from '@diffeo/data'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { explainTheory } from '../../src/theory/error.ts'
import { fitGaussians } from '../../src/theory/gaussian.ts'
import { linearCeiling } from '../../src/theory/linearCeiling.ts'
import { ranking } from '../../src/theory/ranking.ts'
import { normals } from '../draws.ts'
import { left, right } from '../either.ts'

const table = (columns: readonly string[], rows: readonly (readonly number[])[]) => ({
  columns,
  rows: rows.length,
  data: Float64Array.from(rows.flat()),
})

const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((d) =>
    fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: d, maxLength: d }), {
      minLength: 8 * d,
      maxLength: 8 * d + 20,
    }),
  )
  .map((rows) =>
    table(
      rows[0]!.map((_, j) => `c${j}`),
      // A fixed spread keeps every table away from a singular covariance.
      rows.map((row, i) => row.map((x, j) => x + 3 * Math.sin((i + 1) * (j + 1) * 1.7))),
    ),
  )

/** Σ over rows of sources mixed by a fixed triangle: the population's ceilings are known. */
const MIX: readonly (readonly number[])[] = [
  [2, 0, 0],
  [1, 0.5, 0],
  [-1, 0.3, 3],
]
const mixed = (seed: number, rows: number, source: (z: number) => number): ReturnType<typeof table> => {
  const { data } = normals(seed, [rows, 3])
  const at = (i: number): readonly number[] =>
    MIX.map((m) => m.reduce((sum, w, j) => sum + w * source(data[3 * i + j]!), 0))
  return table(
    ['a', 'b', 'c'],
    Array.from({ length: rows }, (_, i) => at(i)),
  )
}
/** Mean log-density of the rows under the population's Gaussian, but for a constant: sources are found by the triangle. */
const luck = (t: ReturnType<typeof table>): number => {
  let total = 0
  for (let i = 0; i < t.rows; i++) {
    const s: number[] = []
    MIX.forEach((m, j) => {
      s.push((t.data[3 * i + j]! - s.reduce((sum, x, k) => sum + m[k]! * x, 0)) / m[j]!)
    })
    total -= s.reduce((sum, x) => sum + x * x, 0) / 2 / t.rows
  }
  return total
}

/** Of sources with variance 1. */
const population = (() => {
  const variances = MIX.map((m) => m.reduce((sum, w) => sum + w * w, 0))
  const base = -1.5 * (1 + Math.log(2 * Math.PI))
  const half = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + Math.log(x) / 2, 0)
  const linear = base - Math.log(2 * 0.5 * 3)
  return {
    original: { independent: base - half(variances), linear },
    standardised: { linear: linear + half(variances) },
  }
})()

describe('linear ceiling', () => {
  test('the ceiling is the mean log-likelihood that the fitted Gaussian reaches on its own rows', () =>
    fc.assert(
      fc.property(tables, (t) => {
        const { standardised, original } = right(linearCeiling(t))
        const { independent, full } = right(fitGaussians(t))
        expect(right(independent.meanLogLikelihood(t))).toBeCloseTo(standardised.independent.value, 9)
        expect(right(full.meanLogLikelihood(t))).toBeCloseTo(standardised.linear.value, 8)
        expect(original.linear.value - standardised.linear.value).toBeCloseTo(-full.logScale, 9)
      }),
    ))

  test('the linear ceiling is never below the independent one', () =>
    fc.assert(
      fc.property(tables, (t) => {
        const { standardised } = right(linearCeiling(t))
        expect(standardised.linear.value).toBeGreaterThanOrEqual(standardised.independent.value - 1e-12)
      }),
    ))

  test('scaling a column moves only the ceilings in the data’s own units, by the logarithm of the factor', () =>
    fc.assert(
      fc.property(tables, fc.double({ min: 0.01, max: 100, noNaN: true }), (t, factor) => {
        const d = t.columns.length
        const scaled = { ...t, data: t.data.map((x, at) => (at % d === 0 ? factor * x + 7 : x)) }
        const [a, b] = [right(linearCeiling(t)), right(linearCeiling(scaled))]
        expect(b.standardised.linear.value).toBeCloseTo(a.standardised.linear.value, 8)
        expect(b.standardised.linear.standardError).toBeCloseTo(a.standardised.linear.standardError, 8)
        expect(b.original.linear.standardError).toBeCloseTo(a.original.linear.standardError, 8)
        expect(a.original.linear.value - b.original.linear.value).toBeCloseTo(Math.log(factor), 8)
      }),
    ))

  test.each([
    ['normal', (z: number) => z],
    // χ² of one degree, shifted and scaled to variance 1: its excess kurtosis is 12.
    ['skewed', (z: number) => (z * z - 1) / Math.SQRT2],
  ])('standard errors are the spread of the ceilings over tables of %s rows', (_, source) => {
    const found = Array.from({ length: 400 }, (_, seed) => right(linearCeiling(mixed(seed, 500, source))))
    const pairs = {
      linear: [population.original.linear, found.map(({ original }) => original.linear)],
      independent: [population.original.independent, found.map(({ original }) => original.independent)],
      standardised: [population.standardised.linear, found.map(({ standardised }) => standardised.linear)],
    } as const
    for (const [name, [truth, estimates]] of Object.entries(pairs)) {
      const off = estimates.map(({ value }) => value - truth)
      const mean = off.reduce((a, b) => a + b, 0) / off.length
      const spread = Math.sqrt(off.reduce((a, b) => a + (b - mean) ** 2, 0) / (off.length - 1))
      const stated = Math.sqrt(estimates.reduce((a, { standardError: e }) => a + e * e, 0) / off.length)
      // 400 tables tell a standard deviation to about 4 %; the skewed ones' own kurtosis adds a little.
      expect(Math.abs(stated / spread - 1), name).toBeLessThan(0.13)
      expect(Math.abs(mean), name).toBeLessThan(0.4 * spread)
    }
  })

  test('a ceiling exceeds that of the distribution by half the parameters over the rows', () => {
    // Akaike: d (d + 3) / 2 parameters, so 9 of them here.
    const gaps = Array.from({ length: 300 }, (_, seed) => {
      const t = mixed(seed, 60, (z) => z)
      return right(linearCeiling(t)).original.linear.value - population.original.linear
    })
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
    expect(mean).toBeGreaterThan((0.8 * 9) / 2 / 60)
    expect(mean).toBeLessThan((1.3 * 9) / 2 / 60)
  })

  test.each([
    ['normal', (z: number) => z, 9],
    // The fourth power of whitened lengths is 51 on average: as much as 27 parameters of a normal.
    ['skewed', (z: number) => (z * z - 1) / Math.SQRT2, 27],
  ])('what is lost on other rows is what fitted Gaussians lose there, of %s rows', (_, source, parameters) => {
    const rows = 500
    const losses = Array.from({ length: 500 }, (__, seed) => {
      const t = mixed(seed, rows, source)
      const { original, lostOnOtherRows } = right(linearCeiling(t))
      const { full } = right(fitGaussians(t))
      const other = mixed(seed + 1000, rows, source)
      const reached = right(full.meanLogLikelihood(other)) - full.logScale
      // Less what the rows' own luck is, which is none of the fit's.
      return { lost: original.linear.value - reached - luck(t) + luck(other), stated: lostOnOtherRows }
    })
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    const [lost, stated] = [mean(losses.map((l) => l.lost)), mean(losses.map((l) => l.stated))]
    expect(Math.abs(lost / stated - 1)).toBeLessThan(0.15)
    // Whitened by their own covariance, few rows of heavy tails look tamer than they are: by a tenth here.
    const many = right(linearCeiling(mixed(7, 40_000, source))).lostOnOtherRows * 40_000
    expect(Math.abs(many / parameters - 1)).toBeLessThan(0.12)
  })

  test('a table with no more rows than columns is refused', () => {
    expect(
      left(
        linearCeiling(
          table(
            ['a', 'b'],
            [
              [1, 2],
              [2, 1],
            ],
          ),
        ),
      ),
    ).toEqual({ _tag: 'TooFewRows', rows: 2, columns: 2 })
  })

  test('linearly dependent columns are named, and no others', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), i % 7, Math.cos(3 * i), 0])
    const error = left(
      linearCeiling(
        table(
          ['a', 'b', 'c', 'sum'],
          rows.map(([a, b, c]) => [a!, b!, c!, 2 * a! - c! + 5]),
        ),
      ),
    )
    expect(error).toEqual({ _tag: 'Collinear', columns: ['a', 'c', 'sum'] })
    expect(explainTheory(error)).toContain('"a", "c", "sum"')
  })

  test('a constant column is named with its value', () => {
    const error = left(
      linearCeiling(
        table(
          ['a', 'b'],
          [
            [1, 3],
            [2, 3],
            [5, 3],
          ],
        ),
      ),
    )
    expect(error).toEqual({ _tag: 'ConstantColumn', column: 'b', value: 3 })
  })

  test('a cell that is not finite is named with its row and column', () => {
    const error = left(
      linearCeiling(
        table(
          ['a', 'b'],
          [
            [1, 3],
            [2, Number.NaN],
            [5, 3],
          ],
        ),
      ),
    )
    expect(error).toMatchObject({ _tag: 'NotFinite', row: 1, column: 'b' })
  })

  test('a Gaussian refuses rows of other columns', () => {
    const t = table(['a'], [[1], [2], [4]])
    const { full } = right(fitGaussians(t))
    expect(left(full.logDensities({ ...t, columns: ['b'] }))._tag).toBe('OtherColumns')
  })
})

describe('HTRU2', () => {
  let survey: Table
  beforeAll(async () => {
    survey = right(await htru2()())
  })

  test('the ceilings on the training rows and the Gaussians on the test rows are those measured elsewhere', () => {
    const { train, test: held } = splitByModulus(modulusTen)(survey)
    const { standardised } = right(linearCeiling(train))
    expect(standardised.independent.value).toBeCloseTo(-11.352, 3)
    expect(standardised.linear.value).toBeCloseTo(-6.349, 3)
    const { independent, full } = right(fitGaussians(train))
    expect(right(independent.meanLogLikelihood(held))).toBeCloseTo(-11.551, 3)
    expect(right(full.meanLogLikelihood(held))).toBeCloseTo(-6.531, 3)
  })

  test('Gaussians fitted without pulsars rank the pulsars as measured elsewhere', () => {
    const { train, test: held } = splitByModulus(modulusTen)(survey)
    const normal = filterRows((row) => row.label('target_class') === 'not_pulsar')(train)
    const { independent, full } = right(fitGaussians(normal))
    const pulsar = held.labels.target_class!.map((label) => label === 'pulsar')
    const rank = (g: typeof full) =>
      right(
        ranking(
          right(g.logDensities(held)).map((x) => -x),
          pulsar,
        ),
      )
    expect(rank(independent)).toMatchObject({
      auc: expect.closeTo(0.9577, 3),
      averagePrecision: expect.closeTo(0.862, 2),
    })
    expect(rank(full)).toMatchObject({ auc: expect.closeTo(0.9579, 3), averagePrecision: expect.closeTo(0.86, 2) })
  })
})
