import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ranking } from '../../src/theory/ranking.ts'
import { left, right } from '../either.ts'

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 30 })
  .filter((r) => r.some(([, p]) => p) && r.some(([, p]) => !p))
const rank = (r: readonly (readonly [number, boolean])[]) =>
  right(
    ranking(
      r.map(([s]) => s),
      r.map(([, p]) => p),
    ),
  )

describe('ranking', () => {
  test('the AUC counts pairs: right ones once, ties half', () =>
    fc.assert(
      fc.property(rows, (r) => {
        let pairs = 0
        let total = 0
        for (const [a, p] of r)
          for (const [b, q] of r)
            if (p && !q) {
              total++
              pairs += a > b ? 1 : a === b ? 0.5 : 0
            }
        expect(rank(r).auc).toBeCloseTo(pairs / total, 12)
      }),
    ))

  test('the average precision sums precision over the recall gained at every threshold', () =>
    fc.assert(
      fc.property(rows, (r) => {
        const positives = r.filter(([, p]) => p).length
        const thresholds = [...new Set(r.map(([s]) => s))].sort((a, b) => b - a)
        let before = 0
        let sum = 0
        for (const t of thresholds) {
          const over = r.filter(([s]) => s >= t)
          const hits = over.filter(([, p]) => p).length
          sum += ((hits - before) / positives) * (hits / over.length)
          before = hits
        }
        expect(rank(r).averagePrecision).toBeCloseTo(sum, 12)
      }),
    ))

  test('the order of the rows does not matter', () =>
    fc.assert(
      fc.property(rows, (r) => {
        expect(rank([...r].reverse())).toEqual(rank(r))
      }),
    ))

  test('infinite scores are ranked', () => {
    const r = right(ranking([Infinity, 1, -Infinity], [true, false, false]))
    expect(r).toEqual({ auc: 1, averagePrecision: 1 })
  })

  test('rows of one class have no ranking', () => {
    expect(left(ranking([1, 2], [true, true]))).toEqual({ _tag: 'OneClass', rows: 2, positives: 2 })
  })

  test('a NaN among the scores throws', () => {
    expect(() => ranking([1, Number.NaN], [true, false])).toThrow(/row 1 is NaN/)
  })
})
