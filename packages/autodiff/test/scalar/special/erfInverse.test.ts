import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erf, erfc } from '../../../src/scalar/special/erf.ts'
import { erfInverse } from '../../../src/scalar/special/erfInverse.ts'
import { relativeError } from '../../accuracy.ts'

const EPS = 2 ** -52

/** Numbers below 1, as dense near 1 as anywhere. */
const towardsOne = fc.oneof(
  fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }),
  fc.double({ min: 0, max: 36, noNaN: true }).map((depth) => Math.min(1 - Math.exp(-depth), 1 - 2 ** -53)),
  fc.integer({ min: 1, max: 1000 }).map((steps) => 1 - steps * 2 ** -53),
)

describe('erfInverse', () => {
  test('is undone by erf, to the last digits up to the last number below 1', () => {
    fc.assert(
      fc.property(towardsOne, (p) => {
        const x = erfInverse(p)
        expect(Math.abs(erf(x) - p)).toBeLessThan(4 * EPS * p + 4 * Number.MIN_VALUE)
        // The distance to 1 moves 2x² times as fast as x, relative to itself.
        expect(relativeError(erfc(x), 1 - p)).toBeLessThan((4 + 8 * x * x) * EPS)
      }),
    )
  })
  test('undoes erf, as far as p tells x apart', () => {
    fc.assert(
      fc.property(fc.double({ min: -5.5, max: 5.5, noNaN: true }), (x) => {
        const unitsOfP = (EPS * Math.sqrt(Math.PI) * Math.exp(x * x)) / 2
        expect(Math.abs(erfInverse(erf(x)) - x)).toBeLessThan(unitsOfP + 6 * EPS * Math.abs(x))
      }),
    )
  })
  test('is odd, to the sign of zero', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1 }), (p) => {
        expect(erfInverse(-p)).toBe(-erfInverse(p))
      }),
    )
  })
  test('is p √π/2 for tiny p', () => {
    for (const p of [1e-10, 1e-160, 1e-300])
      expect(relativeError(erfInverse(p), p * 0.886226925452758)).toBeLessThan(1e-15)
  })
  test('joins its ranges without a step', () => {
    // Where 1/2 = p², and where √(-log(1 - p)) = 2.5.
    for (const joint of [Math.SQRT1_2, 1 - Math.exp(-6.25)]) {
      const h = 1e-12
      const slope = (Math.sqrt(Math.PI) / 2) * Math.exp(erfInverse(joint) ** 2)
      const step = erfInverse(joint + h) - erfInverse(joint - h)
      expect(Math.abs(step - slope * 2 * h)).toBeLessThan(8 * EPS * (1 + slope))
    }
  })
  test('is infinite at ±1 and NaN beyond', () => {
    expect([1, -1, 1 + EPS, -2, Infinity, NaN].map(erfInverse)).toEqual([Infinity, -Infinity, NaN, NaN, NaN, NaN])
  })
})
