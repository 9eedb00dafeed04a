import { evaluate, evaluateAt, fromRows, random } from '@diffeo/autodiff'
import { expect, test } from 'vitest'
import { affineTransform, initialValues, rationalQuadraticSpline, rebuild, unconditioned } from '../../src/index.ts'
import { expectBijector } from '../bijectors/expectBijector.ts'
import { distance, normals } from '../draws.ts'
import { right } from '../either.ts'
import { drawParameters } from '../parameters.ts'

test.each([
  ['spline', rationalQuadraticSpline({ bins: 6, tails: 4 })],
  ['affine', affineTransform()],
] as const)(
  '%s: both directions are inverse to each other with the log-determinant of the Jacobian',
  (_, transform) => {
    for (const seed of [1, 2, 3]) {
      const layer = unconditioned(transform, 3)
      const rows = [Array.from(normals(seed, [3]).data), [-3.9, 0, 5]]
      expectBijector(layer, drawParameters(layer.parameters, seed), rows, 1e-9)
    }
  },
)

test('starts where the transform starts, in any shape', () => {
  const layer = unconditioned(rationalQuadraticSpline(), [2, 2])
  const x = fromRows([1, -2, 3, 40], 1, [2, 2])
  const params = evaluate(initialValues(layer.parameters, random.key(0)))
  const y = evaluateAt((at) => layer.forward(at.params, at.x, {}).value, { params, x })
  expect(params.raw.shape).toEqual([2, 2, 23])
  expect(distance(y.data, x.data)).toBeLessThan(1e-14)
})

test('its spec rebuilds it', () => {
  const layer = unconditioned(affineTransform({ bound: 2 }), 2)
  const again = right(rebuild(JSON.parse(JSON.stringify(layer.spec)) as typeof layer.spec))
  expect(again.spec).toEqual(layer.spec)
  expect(again.parameters).toEqual(layer.parameters)
})
