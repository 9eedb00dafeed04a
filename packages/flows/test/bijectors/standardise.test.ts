import { constant, evaluate, evaluateAt, fromRows, lanes, random } from '@diffeo/autodiff'
import { expect, test } from 'vitest'
import { standardise, standardiseKind } from '../../src/bijectors/standardise.ts'
import { initialValues } from '../../src/initial.ts'
import { leavesOf } from '../../src/parameters.ts'
import { distance, largest, normalPoints } from '../draws.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

const moments = { mean: [3, -100], standardDeviation: [10, 0.5] }
const startOf = (layer: ReturnType<typeof standardise>) => evaluate(initialValues(layer.parameters, random.key(0)))

test('both directions are inverse to each other with the log-determinant of the Jacobian', () => {
  const layer = standardise(2, moments)
  expectBijector(
    layer,
    startOf(layer),
    [
      [1, 2],
      [-40, 1000],
    ],
    1e-12,
  )
  expectBijector(layer, drawParameters(layer.parameters, 5), [[0, -3]], 1e-12)
})

test('it starts from the moments given, which nothing adapts and no optimiser moves', () => {
  const layer = standardise(2, moments)
  const found = evaluateAt(({ params, x }) => ({ ...layer.forward(params, x, {}) }), {
    params: startOf(layer),
    x: fromRows([3, -100, 13, -99], 2, [2]),
  })
  expect(distance(found.value.data, [0, 1, 0, 2])).toBeLessThan(1e-13)
  expect(found.logDet.data[0]).toBeCloseTo(-Math.log(5), 14)
  expect(layer.adapt).toBeUndefined()
  expect(leavesOf(layer.parameters).map(({ parameter }) => parameter.role)).toEqual(['state', 'state', 'state'])
})

test('without moments the first examples give them, and later ones change nothing', () => {
  const layer = standardise(3)
  const x = normalPoints(1, 300, [3], 20)
  const set = evaluateAt(({ params, x: at }) => ({ ...layer.adapt!(params, at, {}) }), { params: startOf(layer), x })
  const found = evaluateAt(
    ({ params, x: at }) => {
      const { value } = layer.forward(params, at, {})
      return { mean: lanes.mean(value), variance: lanes.variance(value) }
    },
    { params: set, x },
  )
  expect(largest(found.mean.data)).toBeLessThan(1e-13)
  expect(distance(found.variance.data, [1, 1, 1])).toBeLessThan(1e-12)
  const again = evaluateAt(({ params, x: at }) => ({ ...layer.adapt!(params, at, {}) }), {
    params: set,
    x: normalPoints(2, 10, [3]),
  })
  expect(again).toEqual(set)
})

test('its bounds are those of its scales', () => {
  const params = { mean: constant([0, 1]), logDeviation: constant([Math.log(2), Math.log(0.25)]), ready: constant(1) }
  const region = { lower: Float64Array.from([-2, 0]), upper: Float64Array.from([4, 2]) }
  const { forward, inverse, image } = standardise(2).lipschitz(params, region)
  expect([forward, inverse]).toEqual([expect.closeTo(4, 12), expect.closeTo(2, 12)])
  expect(distance(image.lower, [-1, -4])).toBeLessThan(1e-14)
  expect(distance(image.upper, [2, 4])).toBeLessThan(1e-14)
})

test('refuses a standard deviation of 0 and moments of another size, and its spec rebuilds it', () => {
  expect(() => standardise(2, { mean: [0, 0], standardDeviation: [1, 0] })).toThrow(/coordinate 1/)
  expect(() => standardise(3, moments)).toThrow(/3 coordinates, got 2 means/)
  for (const layer of [standardise(2, moments), standardise([2, 2])]) {
    const again = standardiseKind.build(JSON.parse(JSON.stringify(layer.spec.options)), [], undefined as never)
    expect(again.spec).toEqual(layer.spec)
    expect(again.parameters).toEqual(layer.parameters)
  }
})
