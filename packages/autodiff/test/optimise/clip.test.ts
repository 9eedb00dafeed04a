import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clipByGlobalNorm, constant, evaluate, globalNorm } from '../../src/index.ts'

const leaf = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 4 })

describe('clipByGlobalNorm', () => {
  test('leaves no longer a tree than the limit, and keeps its direction', () =>
    fc.assert(
      fc.property(leaf, leaf, fc.double({ min: 0.1, max: 50, noNaN: true }), (a, b, largest) => {
        const norm = Math.hypot(...a, ...b)
        const tree = { a: constant(a), rest: [constant(b)] }
        const clipped = clipByGlobalNorm(largest)(tree)
        expect(evaluate(globalNorm(tree)).data[0]!).toBeCloseTo(norm, 8)
        const scale = Math.min(1, largest / norm)
        const parts = [...evaluate(clipped.a).data, ...evaluate(clipped.rest[0]!).data]
        ;[...a, ...b].forEach((x, i) => {
          expect(Math.abs(parts[i]! - (norm === 0 ? x : x * scale))).toBeLessThanOrEqual(1e-12 * Math.abs(x))
          if (norm < largest * (1 - 1e-12)) expect(parts[i]!).toBe(x)
        })
      }),
      { numRuns: 50 },
    ))

  test('a limit of 0 throws', () => {
    expect(() => clipByGlobalNorm(0)).toThrow(/positive/)
  })
})
