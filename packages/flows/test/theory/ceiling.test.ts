import { filterRows, htru2, modulusTen, splitByModulus, type Table } from '@diffeo/data'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { linearCeilings } from '../../src/theory/ceiling.ts'
import { explainTheory } from '../../src/theory/error.ts'
import { fitGaussians } from '../../src/theory/gaussian.ts'
import { ranking } from '../../src/theory/ranking.ts'
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

describe('linear ceilings', () => {
  test('the ceiling is the mean log-likelihood that the fitted Gaussian reaches on its own rows', () =>
    fc.assert(
      fc.property(tables, (t) => {
        const { standardised, original } = right(linearCeilings(t))
        const { independent, full } = right(fitGaussians(t))
        expect(right(independent.meanLogLikelihood(t))).toBeCloseTo(standardised.independent, 9)
        expect(right(full.meanLogLikelihood(t))).toBeCloseTo(standardised.linear, 8)
        expect(original.linear - standardised.linear).toBeCloseTo(-full.logScale, 9)
      }),
    ))

  test('the linear ceiling is never below the independent one', () =>
    fc.assert(
      fc.property(tables, (t) => {
        const { standardised } = right(linearCeilings(t))
        expect(standardised.linear).toBeGreaterThanOrEqual(standardised.independent - 1e-12)
      }),
    ))

  test('scaling a column moves only the ceilings in the data’s own units, by the logarithm of the factor', () =>
    fc.assert(
      fc.property(tables, fc.double({ min: 0.01, max: 100, noNaN: true }), (t, factor) => {
        const d = t.columns.length
        const scaled = { ...t, data: t.data.map((x, at) => (at % d === 0 ? factor * x + 7 : x)) }
        const [a, b] = [right(linearCeilings(t)), right(linearCeilings(scaled))]
        expect(b.standardised.linear).toBeCloseTo(a.standardised.linear, 8)
        expect(a.original.linear - b.original.linear).toBeCloseTo(Math.log(factor), 8)
      }),
    ))

  test('a table with no more rows than columns is refused', () => {
    expect(
      left(
        linearCeilings(
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
      linearCeilings(
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
      linearCeilings(
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
      linearCeilings(
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
    const { standardised } = right(linearCeilings(train))
    expect(standardised.independent).toBeCloseTo(-11.352, 3)
    expect(standardised.linear).toBeCloseTo(-6.349, 3)
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
