import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digamma } from '../../../src/scalar/special/digamma.ts'
import { logGamma } from '../../../src/scalar/special/logGamma.ts'
import { mixedError, relativeError } from '../../accuracy.ts'

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const EULER = 0.5772156649015329

/** The rounding that a test's own sum of terms brings. */
const sumRounding = (...terms: number[]): number => 4 * 2 ** -52 * (1 + terms.reduce((a, b) => a + Math.abs(b), 0))

describe('digamma', () => {
  test('is a harmonic number less γ at whole numbers', () => {
    let harmonic = 0
    for (let n = 1; n <= 200; n++) {
      expect(mixedError(digamma(n), harmonic - EULER)).toBeLessThan(2e-15)
      harmonic += 1 / n
    }
  })
  test('is -γ - 2 log 2 at 1/2 and -γ - π/2 - 3 log 2 at 1/4', () => {
    expect(relativeError(digamma(0.5), -EULER - 2 * Math.LN2)).toBeLessThan(1e-15)
    expect(relativeError(digamma(0.25), -EULER - Math.PI / 2 - 3 * Math.LN2)).toBeLessThan(1e-15)
  })
  test('keeps its digits beside its positive root', () => {
    // The numbers on either side of the root, 1.4616321449683622…, with 40 digits of mpmath.
    expect(relativeError(digamma(1.4616321449683622), -9.241265521729428e-17)).toBeLessThan(1e-14)
    expect(relativeError(digamma(1.4616321449683625), 1.224537462200407e-16)).toBeLessThan(1e-14)
  })
  test('grows by 1/x from x to x + 1, on both sides of 0', () => {
    fc.assert(
      fc.property(fc.oneof(within(1e-3, 1000), within(-40, -1e-3)), (x) => {
        fc.pre(!Number.isInteger(x + 1) && x + 1 - 1 === x)
        const terms = [digamma(x + 1), digamma(x), 1 / x] as const
        expect(Math.abs(terms[0] - terms[1] - terms[2])).toBeLessThan(sumRounding(...terms))
      }),
      { numRuns: 300 },
    )
  })
  test('is reflected about 1/2 by π cot(πx)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20 * 2 ** 10, max: 20 * 2 ** 10 }), (steps) => {
        // Steps so large that 1 - x is exact, and near a pole the test's own π x is not what decides.
        const x = steps / 2 ** 10
        fc.pre(!Number.isInteger(x))
        const rounding = (1 + Math.abs(x)) * 2 ** -50 * (Math.PI / Math.sin(Math.PI * x)) ** 2
        const gap = digamma(1 - x) - digamma(x) - Math.PI / Math.tan(Math.PI * x)
        expect(Math.abs(gap)).toBeLessThan(rounding + 1e-14)
      }),
      { numRuns: 300 },
    )
  })
  test('is the slope of logGamma, on both sides of 0', () => {
    fc.assert(
      fc.property(fc.oneof(within(0.3, 60), within(-20, -0.01)), (x) => {
        const h = 1e-3
        fc.pre(x > 0 || Math.abs(x - Math.round(x)) > 0.2)
        // Central differences of the fourth order.
        const slope = (8 * (logGamma(x + h) - logGamma(x - h)) - (logGamma(x + 2 * h) - logGamma(x - 2 * h))) / (12 * h)
        expect(Math.abs(digamma(x) - slope)).toBeLessThan(1e-8)
      }),
    )
  })
  test.each([
    [-3.3, 3.620353460592126],
    [-0.5040830082644554, 7.289763902976895e-17],
    [-7.9999999, -9999997.831315072],
  ])('keeps its digits among the poles, at %d', (x, value) => {
    expect(mixedError(digamma(x), value)).toBeLessThan(1e-14)
  })
  test('runs to ∓Infinity at ±0 and to Infinity at Infinity; is NaN at the other poles, -Infinity and NaN', () => {
    expect([0, -0, Infinity].map(digamma)).toEqual([-Infinity, Infinity, Infinity])
    expect([-1, -2, -50, -(2 ** 60), -Infinity, NaN].map(digamma)).toEqual(Array(6).fill(NaN))
    expect(digamma(2 ** -1000)).toBe(-(2 ** 1000))
  })
})
