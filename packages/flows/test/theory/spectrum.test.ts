import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spectrum } from '../../src/theory/spectrum.ts'

const symmetric = fc
  .integer({ min: 1, max: 9 })
  .chain((n) =>
    fc
      .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n })
      .map((entries) => ({ n, a: Float64Array.from(entries, (_, at) => entries[Math.min(at, mirrored(at, n))]!) })),
  )
const mirrored = (at: number, n: number): number => (at % n) * n + Math.floor(at / n)

describe('spectrum', () => {
  test('A v = λ v for every pair, and the vectors are orthonormal', () =>
    fc.assert(
      fc.property(symmetric, ({ n, a }) => {
        const { values, vectors } = spectrum(a, n)
        const size = Math.max(1, ...a.map(Math.abs)) * n
        vectors.forEach((v, k) => {
          for (let i = 0; i < n; i++) {
            const image = v.reduce((sum, x, j) => sum + a[i * n + j]! * x, 0)
            expect(Math.abs(image - values[k]! * v[i]!)).toBeLessThan(1e-14 * size * n)
          }
          vectors.forEach((w, l) => {
            const dot = v.reduce((sum, x, j) => sum + x * w[j]!, 0)
            expect(Math.abs(dot - (k === l ? 1 : 0))).toBeLessThan(1e-14 * n)
          })
        })
      }),
    ))

  test('eigenvalues come in descending order and add up to the trace', () =>
    fc.assert(
      fc.property(symmetric, ({ n, a }) => {
        const { values } = spectrum(a, n)
        for (let k = 1; k < n; k++) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!)
        const trace = Array.from({ length: n }, (_, i) => a[i * n + i]!).reduce((s, x) => s + x, 0)
        expect(values.reduce((s, x) => s + x, 0)).toBeCloseTo(trace, 10)
      }),
    ))

  test('the second-difference matrix has the eigenvalues 2 - 2 cos(kπ/(n+1))', () => {
    const n = 12
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2
      if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1
    }
    spectrum(a, n).values.forEach((value, k) => {
      const exact = 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1))
      expect(Math.abs(value / exact - 1)).toBeLessThan(1e-14)
    })
  })

  test('a matrix with an infinite entry is refused', () => {
    expect(() => spectrum(Float64Array.of(1, Infinity, Infinity, 1), 2)).toThrow(/finite/)
  })
})
