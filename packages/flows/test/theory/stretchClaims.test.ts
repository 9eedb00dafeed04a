import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { singularValues } from '../../src/theory/singularValues.ts'
import { spectrum } from '../../src/theory/spectrum.ts'
import { normals } from '../draws.ts'

const matrices = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 1e6 })).map(([d, seed]) => ({
  d,
  w: normals(seed, [d * d]).data as Float64Array,
}))

describe('for an exact flow, -log Lip(f⁻¹) ≤ (h(Z) - h(X))/d ≤ log Lip(f)', () => {
  test('linear flows of normals: entropies by log-determinants, stretches by singular values', () =>
    fc.assert(
      fc.property(matrices, ({ d, w }) => {
        const values = singularValues(w, d)
        // X = W⁻¹ Z: h(Z) - h(X) = log|det W|.
        const mean = values.reduce((sum, s) => sum + Math.log(s), 0) / d
        expect(mean).toBeLessThanOrEqual(Math.log(values[0]!) + 1e-12)
        expect(mean).toBeGreaterThanOrEqual(Math.log(values[d - 1]!) - 1e-12)
      }),
    ))

  test('a bent map of one coordinate: the mean log-slope lies between the slopes at both ends', () => {
    // f(x) = x + 0.8 sin x takes X to a normal Z: E log f′(X) = h(Z) - h(X).
    const inverse = (z: number): number => {
      let [a, b] = [z - 1, z + 1]
      for (let i = 0; i < 60; i++) {
        const m = (a + b) / 2
        if (m + 0.8 * Math.sin(m) < z) a = m
        else b = m
      }
      return (a + b) / 2
    }
    const z = Array.from(normals(1, [4000]).data)
    const mean = z.reduce((sum, x) => sum + Math.log(1 + 0.8 * Math.cos(inverse(x))), 0) / 4000
    expect(mean).toBeLessThan(Math.log(1.8))
    expect(mean).toBeGreaterThan(Math.log(0.2))
  })
})

test('Lip(f⁻¹)² ≥ λ_max(Cov X), with equality for every linear flow of a normal', () =>
  fc.assert(
    fc.property(matrices, ({ d, w }) => {
      // X = G Z has the covariance G Gᵀ.
      const covariance = Float64Array.from({ length: d * d }, (_, e) => {
        let sum = 0
        for (let k = 0; k < d; k++) sum += w[Math.floor(e / d) * d + k]! * w[(e % d) * d + k]!
        return sum
      })
      const most = singularValues(w, d)[0]!
      expect(Math.abs(spectrum(covariance, d).values[0]! / most ** 2 - 1)).toBeLessThan(1e-10)
    }),
  ))

test('affine couplings are only locally bi-Lipschitz: ∂z₂/∂x₁ = x₂ e^s s′ grows with x₂ without end', () => {
  const slope = (x1: number, x2: number): number => {
    const z2 = (x: number): number => x2 * Math.exp(Math.tanh(x))
    return (z2(x1 + 1e-6) - z2(x1 - 1e-6)) / 2e-6
  }
  for (const x2 of [1, 1e3, 1e6]) expect(slope(0, x2) / x2).toBeCloseTo(1, 5)
})
