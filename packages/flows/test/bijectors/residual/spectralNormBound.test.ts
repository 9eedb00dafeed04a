import { constant, evaluate, grad, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spectralNormBound } from '../../../src/bijectors/residual/spectralNormBound.ts'
import { spectrum } from '../../../src/theory/spectrum.ts'
import { normals } from '../../draws.ts'

const largest = (w: ArrayLike<number>, m: number, n: number): number => {
  const gram = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < m; k++) gram[i * n + j]! += w[k * n + i]! * w[k * n + j]!
  return Math.sqrt(spectrum(gram, n).values[0]!)
}
const boundOf = (w: ArrayLike<number>, shape: readonly number[], squarings?: number): number =>
  evaluate(spectralNormBound(constant(Float64Array.from(w), shape), squarings)).data[0]!

const sides = fc.integer({ min: 1, max: 9 })

test('it is never below the largest singular value, and above by no more than the root of the rank that it should', () =>
  fc.assert(
    fc.property(
      sides,
      sides,
      fc.nat({ max: 1e6 }),
      fc.constantFrom(1e-3, 1, 1e3),
      fc.constantFrom(0, 2, 5),
      (m, n, seed, scale, t) => {
        const { data } = normals(seed, [m, n], scale)
        const [sigma, bound] = [largest(data, m, n), boundOf(data, [m, n], t)]
        expect(bound).toBeGreaterThanOrEqual(sigma * (1 - 1e-13))
        expect(bound).toBeLessThanOrEqual(sigma * Math.min(m, n) ** (1 / 2 ** (t + 2)) * (1 + 1e-5))
      },
    ),
    { numRuns: 100 },
  ))

test('it is reached, to the root of the rank, where all singular values are equal', () => {
  const twice = Float64Array.from({ length: 64 }, (_, e) => (e % 9 === 0 ? 2 : 0))
  for (const t of [0, 1, 5]) expect(boundOf(twice, [8, 8], t)).toBeCloseTo(2 * 8 ** (1 / 2 ** (t + 2)), 9)
})

test('power iteration from an unlucky start is below the largest singular value, and this is not', () => {
  // The start is an eigenvector of the smaller value.
  const w = [3, 0, 0, 1]
  const power = Math.hypot(w[0]! * 0 + w[1]! * 1, w[2]! * 0 + w[3]! * 1)
  expect(power).toBeLessThan(3)
  expect(boundOf(w, [2, 2])).toBeGreaterThanOrEqual(3)
})

test('huge and tiny weights neither overflow nor vanish, and zeros have a finite derivative', () => {
  expect(boundOf([1e150, 0, 0, 1], [2, 2]) / 1e150).toBeCloseTo(1, 10)
  expect(boundOf([1e-5, 0, 0, 1e-7], [2, 2])).toBeGreaterThanOrEqual(1e-5)
  const slope = evaluate(grad((w: Tensor) => spectralNormBound(w))(constant(new Float64Array(6), [2, 3]))).data
  expect(Array.from(slope as Float64Array).every((g) => g === 0)).toBe(true)
})
