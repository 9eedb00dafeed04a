import { evaluateAt, fromRows, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digammaHalfStep, logGammaHalfStep } from '../../src/distributions/gammaSteps.ts'

const at = (f: (a: Tensor) => Tensor, values: readonly number[]): ArrayLike<number> =>
  evaluateAt(({ a }) => f(a as never), { a: fromRows(values, values.length, []) }).data

/** Small, where the series begins, and far out. */
const anywhere = fc.oneof(
  fc.double({ min: 0.05, max: 30, noNaN: true }),
  fc.double({ min: 1, max: 300, noNaN: true }).map((x) => 10 ** (x / 30)),
)

describe('half steps of log Γ and its derivative', () => {
  test('are known at 1/2', () => {
    expect(at(logGammaHalfStep, [0.5])[0]).toBeCloseTo(-0.5 * Math.log(Math.PI), 14)
    expect(at(digammaHalfStep, [0.5])[0]).toBeCloseTo(2 * Math.LN2, 14)
  })

  test('follow the recurrence of Γ', () =>
    fc.assert(
      fc.property(anywhere, (a) => {
        const [here, next] = Array.from(at(logGammaHalfStep, [a, a + 1]))
        expect(Math.abs(next! - here! - Math.log1p(0.5 / a))).toBeLessThan(2e-14 * Math.max(1, Math.abs(here!)))
        const [slope, following] = Array.from(at(digammaHalfStep, [a, a + 1]))
        expect(Math.abs(following! - slope! + 0.5 / (a * (a + 0.5)))).toBeLessThan(2e-14 * Math.max(1, slope!))
      }),
    ))

  test('keep their digits far out, where log Γ itself has none left', () => {
    const [found] = Array.from(at(logGammaHalfStep, [1e15]))
    expect(found).toBeCloseTo(0.5 * Math.log(1e15), 13)
    expect(at(digammaHalfStep, [1e15])[0]! * 1e15).toBeCloseTo(0.5, 14)
  })
})
