import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covariance, moments, table, ties } from '../src/index.ts'

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 })
const single = (values: readonly number[]) => table({ columns: ['x'], data: Float64Array.from(values) })

describe('moments', () => {
  test('mean and population standard deviation are those of exact arithmetic', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(whole, (values) => {
        const sum = values.reduce((s, x) => s + x, 0)
        const squares = values.reduce((s, x) => s + x * x, 0)
        const { mean, standardDeviation, minimum, maximum } = moments(single(values))
        expect(mean[0]).toBeCloseTo(sum / values.length, 10)
        expect(standardDeviation[0]! ** 2).toBeCloseTo((squares - (sum * sum) / values.length) / values.length, 8)
        expect([minimum[0], maximum[0]]).toEqual([Math.min(...values), Math.max(...values)])
      }),
    )
  })

  test('an offset of a billion costs no more digits than the data themselves lost', () => {
    const base = Array.from({ length: 1000 }, (_, i) => (i % 7) / 8)
    const plain = moments(single(base))
    const shifted = moments(single(base.map((x) => x + 1e9)))
    expect(Math.abs(shifted.standardDeviation[0]! - plain.standardDeviation[0]!)).toBeLessThan(1e-9)
  })

  test('a constant column has standard deviation 0, whatever the constant', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), (x) => {
        expect(moments(single([x, x, x])).standardDeviation[0]).toBe(0)
      }),
    )
  })

  test('covariance is symmetric, has the variances on its diagonal and scales with both columns', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const data = Float64Array.from(values.flatMap((x) => [x, Math.cos(x), -2 * x]))
        const t = table({ columns: ['a', 'b', 'c'], data })
        const s = covariance(t)
        const { standardDeviation } = moments(t)
        const scale = 1 + s[0]!
        for (let j = 0; j < 3; j++) {
          expect(Math.abs(s[4 * j]! - standardDeviation[j]! ** 2)).toBeLessThan(1e-12 * scale)
          for (let k = 0; k < 3; k++) expect(s[3 * j + k]).toBe(s[3 * k + j])
        }
        expect(Math.abs(s[2]! + 2 * s[0]!)).toBeLessThan(1e-12 * scale)
      }),
    )
  })

  test('ties are the values that come more than once, with their counts, the most frequent first', () => {
    expect(ties(Float64Array.of(3, 1, 2, 1, 3, 1, Number.NaN, Number.NaN))).toEqual([
      { value: 1, count: 3 },
      { value: 3, count: 2 },
    ])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
        const found = ties(Float64Array.from(values))
        for (let v = 0; v <= 9; v++) {
          const count = values.filter((x) => x === v).length
          expect(found.find(({ value }) => value === v)?.count).toBe(count > 1 ? count : undefined)
        }
      }),
    )
  })
})
