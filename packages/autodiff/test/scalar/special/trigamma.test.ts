import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digamma } from '../../../src/scalar/special/digamma.ts'
import { trigamma } from '../../../src/scalar/special/trigamma.ts'
import { relativeError } from '../../accuracy.ts'

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('trigamma', () => {
  test('is π²/6 less the inverse squares before it at whole numbers', () => {
    let value = Math.PI ** 2 / 6
    for (let n = 1; n <= 30; n++) {
      expect(Math.abs(trigamma(n) - value)).toBeLessThan(2e-15)
      value -= 1 / n ** 2
    }
  })
  test('is π²/2 at 1/2, and 4 more at -1/2', () => {
    expect(relativeError(trigamma(0.5), Math.PI ** 2 / 2)).toBeLessThan(1e-15)
    expect(relativeError(trigamma(-0.5), Math.PI ** 2 / 2 + 4)).toBeLessThan(1e-15)
  })
  test('falls by 1/x² from x to x + 1, on both sides of 0', () => {
    fc.assert(
      fc.property(fc.oneof(within(1e-3, 1000), within(-40, -1e-3)), (x) => {
        fc.pre(!Number.isInteger(x + 1) && x + 1 - 1 === x)
        const [after, before, step] = [trigamma(x + 1), trigamma(x), 1 / (x * x)]
        expect(Math.abs(before - after - step)).toBeLessThan(8 * 2 ** -52 * (before + after + step))
      }),
      { numRuns: 300 },
    )
  })
  test('is the slope of digamma, on both sides of 0', () => {
    fc.assert(
      fc.property(fc.oneof(within(0.5, 60), within(-20, -0.01)), (x) => {
        const h = 1e-3
        fc.pre(x > 0 || Math.abs(x - Math.round(x)) > 0.3)
        // Central differences of the fourth order.
        const slope = (8 * (digamma(x + h) - digamma(x - h)) - (digamma(x + 2 * h) - digamma(x - 2 * h))) / (12 * h)
        expect(Math.abs(trigamma(x) - slope)).toBeLessThan(1e-7)
      }),
    )
  })
  test('is 1/x far out and 1/x² near 0, from both sides', () => {
    for (const x of [1e17, 1e100, 1e300]) expect(relativeError(trigamma(x), 1 / x)).toBeLessThan(1e-15)
    for (const x of [1e-20, -1e-20, 1e-150, -1e-150])
      expect(relativeError(trigamma(x), 1 / (x * x))).toBeLessThan(1e-15)
  })
  test('is infinite at the poles, 0 at Infinity, NaN at -Infinity and NaN', () => {
    for (const x of [0, -0, -1, -50, -(2 ** 60), 1e-200]) expect(trigamma(x)).toBe(Infinity)
    expect(trigamma(Infinity)).toBe(0)
    expect([trigamma(-Infinity), trigamma(NaN)]).toEqual([NaN, NaN])
  })
})
