import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erf, erfc } from '../../../src/scalar/special/erf.ts'
import { relativeError } from '../../accuracy.ts'

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const evenly = (min: number, max: number) =>
  fc.integer({ min: min * 4096, max: max * 4096 }).map((steps) => steps / 4096)

/** Maclaurin series with positive terms, 2x/√π e^(-x²) Σ (2x²)ⁿ / (1·3·…·(2n+1)) (DLMF 7.6.2). */
const bySeries = (x: number): number => {
  let term = 1
  let total = 1
  for (let n = 1; term > 1e-18 * total; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

/** The continued fraction of the tail (DLMF 7.9.1), for x >= 2. */
const byContinuedFraction = (x: number): number => {
  let below = x
  for (let n = 200; n >= 1; n--) below = x + n / 2 / below
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * below)
}

describe('erf', () => {
  test('is its Maclaurin series', () => {
    fc.assert(
      fc.property(evenly(-5, 5), (x) => {
        // The e^(-x²) of the series is itself off by x² roundings.
        expect(relativeError(erf(x), bySeries(x))).toBeLessThan((8 + x * x) * 2 ** -52)
      }),
      { numRuns: 1000 },
    )
  })
  test('is odd, to the sign of zero', () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        expect(erf(-x)).toBe(-erf(x))
      }),
    )
  })
  test('is 2x/√π for tiny x, the smallest included', () => {
    for (const x of [1e-10, 1e-160, 1e-300, 2 ** -1070])
      expect(relativeError(erf(x), x * 1.1283791670955126)).toBeLessThan(1e-15)
  })
  test('never falls', () => {
    fc.assert(
      fc.property(within(-7, 7), within(0, 1e-3), (x, step) => {
        expect(erf(x + step) - erf(x)).toBeGreaterThanOrEqual(-1e-15)
      }),
    )
  })
  test('has its limits, and NaN for NaN', () => {
    expect([erf(Infinity), erf(-Infinity), erf(NaN), erf(1e300)]).toEqual([1, -1, NaN, 1])
  })
})

describe('erfc', () => {
  test('is 1 - erf', () => {
    fc.assert(
      fc.property(within(-30, 30), (x) => {
        expect(Math.abs(erfc(x) - (1 - erf(x)))).toBeLessThan(5e-16)
      }),
    )
  })
  test('keeps its digits in the tail, where 1 - erf has none', () => {
    fc.assert(
      fc.property(within(2, 26), (x) => {
        // e^(-x²) of the continued fraction is itself off by x² roundings.
        expect(relativeError(erfc(x), byContinuedFraction(x))).toBeLessThan(1e-15 + x * x * 2 ** -52)
      }),
    )
  })
  // Made with 40 digits of mpmath, at points whose squares are rounded.
  test.each([
    [3.7, 1.6715105790914599e-7],
    [10.3, 4.5947618530992265e-48],
    [25.3, 2.293036860845902e-280],
  ])('is off by a few roundings in the tail, not by x² of them, at %d', (x, value) => {
    expect(relativeError(erfc(x), value)).toBeLessThan(1e-15)
  })
  test('adds to 2 with its mirror image', () => {
    fc.assert(
      fc.property(within(-10, 10), (x) => {
        expect(Math.abs(erfc(x) + erfc(-x) - 2)).toBeLessThan(1e-15)
      }),
    )
  })
  test('has its limits, and NaN for NaN', () => {
    expect([erfc(Infinity), erfc(-Infinity), erfc(NaN), erfc(28.5), erfc(1e300), erfc(-1e300)]).toEqual([
      0,
      2,
      NaN,
      0,
      0,
      2,
    ])
    expect(erfc(-0)).toBe(1)
  })
})
