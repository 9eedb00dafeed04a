import { constant, evaluateAt, fromRows, lanes, mean, square, sub, toRows } from '@diffeo/autodiff'
import { expect, test } from 'vitest'
import { actNorm, actNormKind } from '../../src/bijectors/actNorm.ts'
import { distance, largest, normalPoints, normals, perLane } from '../draws.ts'
import { describeGolden } from '../golden.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

const fresh = (shape: readonly number[]) => ({
  logScale: { data: new Float64Array(shape.reduce((a, b) => a * b, 1)), shape },
  shift: { data: new Float64Array(shape.reduce((a, b) => a * b, 1)), shape },
  ready: { data: new Float64Array(1), shape: [] },
})

test('both directions are inverse to each other with the log-determinant of the Jacobian', () => {
  for (const seed of [1, 2, 3]) {
    const layer = actNorm(4)
    expectBijector(layer, drawParameters(layer.parameters, seed), [Array.from(normals(seed, [4], 5).data)], 1e-12)
  }
})

test('the first data set mean 0 and variance 1, later data change nothing', () => {
  const layer = actNorm(3)
  const first = normalPoints(1, 500, [3], 4)
  const later = normalPoints(2, 40, [3], 0.1)
  const set = evaluateAt(({ params, x }) => ({ ...layer.adapt!(params, x, {}) }), { params: fresh([3]), x: first })
  const moments = evaluateAt(
    ({ params, x }) => {
      const { value } = layer.forward(params, x, {})
      return { mean: lanes.mean(value), variance: lanes.variance(value) }
    },
    { params: set, x: first },
  )
  expect(largest(moments.mean.data)).toBeLessThan(1e-13)
  expect(distance(moments.variance.data, [1, 1, 1])).toBeLessThan(1e-13)
  const again = evaluateAt(({ params, x }) => ({ ...layer.adapt!(params, x, {}) }), { params: set, x: later })
  expect(again).toEqual(set)
})

test('a column that does not vary gets a finite scale', () => {
  const set = evaluateAt(({ params, x }) => ({ ...actNorm(2).adapt!(params, x, {}) }), {
    params: fresh([2]),
    x: fromRows([5, 1, 5, 2, 5, 4], 3, [2]),
  })
  expect(Array.from(set.logScale.data).every(Number.isFinite)).toBe(true)
})

test('pixels share the numbers of their channel, and each counts in the log-determinant', () => {
  const layer = actNorm([2, 3, 3], { shared: 2 })
  expect(layer.parameters.tree).toMatchObject({ logScale: { shape: [2, 1, 1] } })
  const x = normalPoints(3, 50, [2, 3, 3], 3)
  const set = evaluateAt(({ params, x: at }) => ({ ...layer.adapt!(params, at, {}) }), { params: fresh([2, 1, 1]), x })
  const found = evaluateAt(
    ({ params, x: at }) => {
      const { value, logDet } = layer.forward(params, at, {})
      const center = mean(lanes.mean(value), [1, 2], true)
      return { center, variance: mean(lanes.mean(square(sub(value, center))), [1, 2]), logDet }
    },
    { params: set, x },
  )
  expect(largest(found.center.data)).toBeLessThan(1e-13)
  expect(distance(found.variance.data, [1, 1])).toBeLessThan(1e-12)
  expect(found.logDet.data[0]).toBeCloseTo(9 * (set.logScale.data[0]! + set.logScale.data[1]!), 12)
})

test('its bounds are its largest and smallest scales', () => {
  const params = { logScale: constant([Math.log(4), Math.log(0.5)]), shift: constant([1, 0]), ready: constant(1) }
  const region = { lower: Float64Array.from([-1, -1]), upper: Float64Array.from([2, 3]) }
  const { forward, inverse, image } = actNorm(2).lipschitz(params, region)
  expect([forward, inverse]).toEqual([expect.closeTo(4, 12), expect.closeTo(2, 12)])
  expect(distance(image.upper, [9, 1.5])).toBeLessThan(1e-14)
  expect(distance(actNorm(2).lipschitzInverse!(params, image).image.lower, region.lower)).toBeLessThan(1e-14)
})

test('refuses to share more axes than there are, and its spec rebuilds it', () => {
  expect(() => actNorm(3, { shared: 2 })).toThrow(/shared/)
  const layer = actNorm([2, 4], { shared: 1 })
  expect(actNormKind.build(layer.spec.options, [], undefined as never).spec).toEqual(layer.spec)
})

interface StoredGlow {
  readonly cases: {
    readonly x: readonly unknown[]
    readonly actnorm: StoredNorm & {
      readonly inverseOfX: readonly unknown[]
      readonly inverseLogdetAtX: readonly number[]
    }
    readonly actnormDataInit: StoredNorm
  }
}
interface StoredNorm {
  readonly logScale: readonly number[]
  readonly shift: readonly number[]
  readonly y: readonly unknown[]
  readonly logdet: readonly number[]
}

describeGolden<StoredGlow>('glow.json', ({ cases: { x, actnorm, actnormDataInit } }) => {
  const flat = (images: readonly unknown[]): readonly number[] =>
    (images as readonly never[]).flat(Infinity) as number[]
  const layer = actNorm([3, 4, 4], { shared: 2 })
  const images = fromRows(flat(x), 2, [3, 4, 4])
  const stored = ({ logScale, shift }: StoredNorm) => ({
    logScale: { data: Float64Array.from(logScale), shape: [3, 1, 1] },
    shift: { data: Float64Array.from(shift), shape: [3, 1, 1] },
    ready: { data: Float64Array.of(1), shape: [] },
  })

  test('image activation norm agrees with another library', () => {
    const found = evaluateAt(
      ({ params, at }) => ({
        through: { ...layer.forward(params, at, {}) },
        back: { ...layer.inverse(params, at, {}) },
      }),
      { params: stored(actnorm), at: images },
    )
    expect(distance(toRows(found.through.value), flat(actnorm.y))).toBeLessThan(1e-13)
    expect(distance(perLane(found.through.logDet, 2), actnorm.logdet)).toBeLessThan(1e-13)
    expect(distance(toRows(found.back.value), flat(actnorm.inverseOfX))).toBeLessThan(1e-13)
    expect(distance(perLane(found.back.logDet, 2), actnorm.inverseLogdetAtX)).toBeLessThan(1e-13)
  })

  test('its first data set what another library sets, but for the n - 1 in that one’s variance', () => {
    const set = evaluateAt(({ params, at }) => ({ ...layer.adapt!(params, at, {}) }), {
      params: fresh([3, 1, 1]),
      at: images,
    })
    const n = 2 * 16
    const factor = Math.sqrt(n / (n - 1))
    expect(
      distance(
        set.logScale.data.map((v) => v - Math.log(factor)),
        actnormDataInit.logScale,
      ),
    ).toBeLessThan(1e-13)
    expect(
      distance(
        set.shift.data.map((v) => v / factor),
        actnormDataInit.shift,
      ),
    ).toBeLessThan(1e-13)
  })
})
