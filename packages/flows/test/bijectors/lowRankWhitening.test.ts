import { constant } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lowRankWhitening, lowRankWhiteningKind } from '../../src/bijectors/lowRankWhitening.ts'
import { normals } from '../draws.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

test('both directions are inverse to each other with the log-determinant of the Jacobian', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 5 }), fc.nat({ max: 1e6 }), (d, q, seed) => {
      const layer = lowRankWhitening(d, q % d)
      const { data } = normals(seed, [3, d])
      const rows = Array.from({ length: 3 }, (_, i) => Array.from(data.slice(i * d, (i + 1) * d)))
      expectBijector(layer, drawParameters(layer.parameters, seed, 0.8), rows, 1e-9)
    }),
    { numRuns: 20 },
  )
})

test('weights of lower rank than they have columns are no exception', () => {
  const layer = lowRankWhitening(3, 2)
  const weights = { data: Float64Array.of(1, 2, 2, 4, -1, -2), shape: [3, 2] }
  const params = {
    mean: { data: new Float64Array(3), shape: [3] },
    weights,
    logNoise: { data: Float64Array.of(-0.5), shape: [] },
  }
  expectBijector(layer, params, [[1, 2, 3]], 1e-10)
})

test('its bounds are the singular values of the root: noise across, √(λ + σ²) along a factor', () => {
  const layer = lowRankWhitening(2, 1)
  const values = {
    mean: constant([1, -1]),
    weights: constant([[3], [0]].flat(), [2, 1]),
    logNoise: constant(Math.log(4)),
  }
  const box = { lower: Float64Array.of(-9, -9), upper: Float64Array.of(11, 7) }
  const there = layer.lipschitz(values, box)
  expect(there.forward).toBeCloseTo(1 / 4, 8)
  expect(there.inverse).toBeCloseTo(5, 8)
  expect(Array.from(there.image.lower)).toEqual([-2, -2].map((x) => expect.closeTo(x, 10)))
  const back = layer.lipschitzInverse!(values, there.image)
  expect(back.forward).toBeCloseTo(5, 8)
  expect(Array.from(back.image.upper)).toEqual([11, 7].map((x) => expect.closeTo(x, 10)))
})

test('refuses as many factors as coordinates, and its spec rebuilds it', () => {
  expect(() => lowRankWhitening(3, 3)).toThrow(/from 0 to 2, got 3/)
  expect(() => lowRankWhitening(0, 0)).toThrow(/positive whole number, got 0/)
  const layer = lowRankWhitening(4, 2)
  expect(lowRankWhiteningKind.build(layer.spec.options, [], undefined as never).spec).toEqual(layer.spec)
})
