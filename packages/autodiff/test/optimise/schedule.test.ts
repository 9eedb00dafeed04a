import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant, cosine, evaluate, type Schedule, type Tensor, warmup } from '../../src/index.ts'

const at = (schedule: Schedule, step: number): number => {
  const value = schedule(constant(step))
  return typeof value === 'number' ? value : evaluate(value as Tensor).data[0]!
}

describe('cosine', () => {
  test('starts at the peak, passes the middle half-way, ends at the end and stays there', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0.1, max: 2, noNaN: true }), (half, peak) => {
        const schedule = cosine({ peak, steps: 2 * half, end: 0.05 })
        expect(at(schedule, 0)).toBeCloseTo(peak, 12)
        expect(at(schedule, half)).toBeCloseTo((peak + 0.05) / 2, 12)
        expect(at(schedule, 2 * half)).toBeCloseTo(0.05, 12)
        expect(at(schedule, 5 * half)).toBeCloseTo(0.05, 12)
      }),
      { numRuns: 20 },
    ))

  test('no steps throw', () => {
    expect(() => cosine({ peak: 1, steps: 0 })).toThrow(/positive/)
  })
})

describe('warmup', () => {
  test('rises linearly from a first step that moves, then hands over to the next schedule at its beginning', () => {
    const next = cosine({ peak: 8, steps: 10 })
    const schedule = warmup(4, next)
    expect([0, 1, 2, 3].map((step) => at(schedule, step))).toEqual([2, 4, 6, 8])
    for (const step of [4, 5, 9, 14, 30]) expect(at(schedule, step)).toBeCloseTo(at(next, step - 4), 12)
  })

  test('of no steps is the next schedule', () => {
    expect(at(warmup(0, 0.25), 3)).toBe(0.25)
  })
})
