import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant, evaluate, exponentialMovingAverage, type Tensor } from '../../src/index.ts'

const average = (decay: number, values: readonly number[]): number => {
  const ema = exponentialMovingAverage(decay)
  let state = ema.init([constant(0)])
  for (const v of values) state = ema.update(state, [constant(v)])
  return evaluate((ema.value(state) as readonly Tensor[])[0]!).data[0]!
}

describe('exponentialMovingAverage', () => {
  test('weighs the value of k steps ago by decay^k, with weights that sum to 1', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.999, noNaN: true }),
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 10 }),
        (decay, values) => {
          const weights = values.map((_, i) => decay ** (values.length - 1 - i))
          const total = weights.reduce((a, b) => a + b, 0)
          const expected = values.reduce((sum, v, i) => sum + (v * weights[i]!) / total, 0)
          expect(Math.abs(average(decay, values) - expected)).toBeLessThan(1e-11)
        },
      ),
      { numRuns: 40 },
    ))

  test('a decay of 1 throws', () => {
    expect(() => exponentialMovingAverage(1)).toThrow(/between 0 and 1/)
  })
})
