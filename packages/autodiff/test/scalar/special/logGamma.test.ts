import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logGamma } from '../../../src/scalar/special/logGamma.ts'
import { mixedError, relativeError } from '../../accuracy.ts'

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const negative = within(-40, -1e-3).filter((x) => !Number.isInteger(x))

/** The rounding that a test's own sum of terms brings. */
const sumRounding = (...terms: number[]): number => 4 * 2 ** -52 * (1 + terms.reduce((a, b) => a + Math.abs(b), 0))

describe('logGamma', () => {
  test('is the log of a factorial at whole numbers', () => {
    let factorial = 1n
    for (let n = 1; n <= 170; n++) {
      expect(mixedError(logGamma(n), Math.log(Number(factorial)))).toBeLessThan(1e-15)
      factorial *= BigInt(n)
    }
  })
  test('is exactly 0 at 1 and 2, and keeps its digits beside them', () => {
    expect([logGamma(1), logGamma(2)]).toEqual([0, 0])
    const gamma = 0.5772156649015329
    for (const h of [1e-9, -1e-9, 2 ** -40, -(2 ** -53)]) {
      const slopeTerms = (slope: number, half: number, d: number): number => d * (slope + d * half)
      const at1 = 1 + h - 1
      expect(relativeError(logGamma(1 + h), slopeTerms(-gamma, Math.PI ** 2 / 12, at1))).toBeLessThan(1e-15)
      const at2 = 2 + h - 2
      expect(mixedError(logGamma(2 + h), slopeTerms(1 - gamma, Math.PI ** 2 / 12 - 0.5, at2))).toBeLessThan(1e-16)
    }
  })
  test('grows by log|x| from x to x + 1, on both sides of 0', () => {
    fc.assert(
      fc.property(fc.oneof(within(1e-3, 1000), negative), (x) => {
        fc.pre(!Number.isInteger(x + 1) && x + 1 - 1 === x)
        const terms = [logGamma(x + 1), logGamma(x), Math.log(Math.abs(x))] as const
        expect(Math.abs(terms[0] - terms[1] - terms[2])).toBeLessThan(sumRounding(...terms))
      }),
      { numRuns: 300 },
    )
  })
  test('doubles its argument by the duplication formula', () => {
    fc.assert(
      fc.property(within(0.01, 500), (x) => {
        fc.pre(x + 0.5 - 0.5 === x)
        const terms = [logGamma(2 * x), logGamma(x), logGamma(x + 0.5), (2 * x - 1) * Math.LN2] as const
        const gap = terms[0] - terms[1] - terms[2] - terms[3] + Math.log(Math.PI) / 2
        expect(Math.abs(gap)).toBeLessThan(sumRounding(...terms))
      }),
      { numRuns: 300 },
    )
  })
  test('is log|Γ| below 0, by the closed form at half-integers', () => {
    // Γ(1/2 - n) = √π (-2)ⁿ / (1·3·…·(2n - 1))
    let value = Math.log(Math.PI) / 2
    for (let n = 1; n <= 60; n++) {
      value += Math.log(2 / (2 * n - 1))
      expect(mixedError(logGamma(0.5 - n), value)).toBeLessThan(1e-14)
    }
  })
  // Made with 40 digits of mpmath: two zeros, and a point so near a pole that logs of 35 and of -35 nearly cancel.
  test.each([
    [-2.4570247382208006, 5.619192358950097e-17],
    [-2.7476826467274127, 1.733509244024501e-16],
    [-3.3, -0.8243558050174264],
    [-7.9999999, 5.513492959472921],
    [-14.999999999999556, 0.5434795457353995],
  ])('keeps its digits among the poles, at %d', (x, value) => {
    expect(mixedError(logGamma(x), value)).toBeLessThan(1e-14)
  })
  test('is -log|x| near 0, from both sides', () => {
    for (const x of [1e-20, -1e-20, -1.5e-17, 1e-300, -1e-300, 2 ** -1074, -(2 ** -1074)])
      expect(relativeError(logGamma(x), -Math.log(Math.abs(x)))).toBeLessThan(1e-15)
  })
  test('is infinite at the poles and the ends, NaN for NaN', () => {
    for (const x of [0, -0, -1, -2, -170, -(2 ** 60), Infinity, -Infinity, 1e306]) expect(logGamma(x)).toBe(Infinity)
    expect(logGamma(NaN)).toBe(NaN)
  })
})
