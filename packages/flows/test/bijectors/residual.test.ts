import { add, type Example, evaluateAt, fromRows } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { residual, residualKind } from '../../src/bijectors/residual.ts'
import { distance, normals } from '../draws.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'
import { constantsOf, expectBounds } from './stretch.ts'

const seeds = fc.nat({ max: 1e6 })
const rowsOf = (seed: number, count: number, d: number, size: number): readonly (readonly number[])[] => {
  const { data } = normals(seed, [count, d], size)
  return Array.from({ length: count }, (_, i) => Array.from(data.slice(i * d, (i + 1) * d)))
}

test.each(['tanh', 'softplus', 'lipSwish'] as const)(
  'both directions are inverse to each other with the log-determinant of the Jacobian, with %s',
  (activation) =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), seeds, fc.constantFrom(0.3, 3, 100), (d, seed, size) => {
        const layer = residual(d, { hidden: [5, 4], activation, bound: 0.97 })
        expectBijector(layer, drawParameters(layer.parameters, seed, 2) as never, rowsOf(seed, 3, d, size), 1e-10)
      }),
      { numRuns: 8 },
    ),
)

test('no point stretches more than the bounds say, however large the weights are, and images stay in their boxes', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), seeds, fc.constantFrom(0.3, 3, 30), (d, seed, deviation) => {
      const layer = residual(d, { hidden: [6], bound: 0.8 })
      const params = drawParameters(layer.parameters, seed, deviation)
      const region = { lower: new Float64Array(d).fill(-2), upper: new Float64Array(d).fill(1) }
      const bound = layer.lipschitz(constantsOf(params) as never, region)
      expect(bound.forward).toBeLessThanOrEqual(1.8 * (1 + 1e-8))
      expect(bound.inverse).toBeLessThanOrEqual(5 * (1 + 1e-8))
      expectBounds(layer as never, params, region, seed)
    }),
    { numRuns: 12 },
  ))

test('it is the identity at the start, and a region without ends has an image without ends', () => {
  const layer = residual(3)
  const zero = drawParameters(layer.parameters, 1, 0)
  const x = fromRows([1, -2, 3], 1, [3])
  const { z, logDet } = evaluateAt(
    (inputs) => {
      const { p, x } = inputs as unknown as { readonly p: never; readonly x: Example }
      const { value, logDet } = layer.forward(p, x, {})
      return { z: value, logDet: add(logDet, 0) }
    },
    { p: zero, x } as never,
  ) as unknown as Readonly<Record<'z' | 'logDet', typeof x>>
  expect([distance(z.data, x.data), logDet.data[0]]).toEqual([0, 0])
  const whole = { lower: new Float64Array(3).fill(-Infinity), upper: new Float64Array(3).fill(Infinity) }
  const bound = layer.lipschitz(constantsOf(zero) as never, whole)
  expect([bound.forward, bound.inverse]).toEqual([1, 1])
  expect(bound.image).toEqual(whole)
})

test('refuses a bound that is none, and its spec rebuilds it', () => {
  expect(() => residual(2, { bound: 1 })).toThrow(/above 0 and below 1/)
  expect(() => residual(2, { hidden: [0] })).toThrow(/at least 1/)
  const layer = residual(2, { hidden: [3, 4], bound: 0.5, activation: 'tanh' })
  expect(residualKind.build(layer.spec.options, [], undefined as never).spec).toEqual(layer.spec)
})
