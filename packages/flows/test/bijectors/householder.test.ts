import { constant, evaluateAt, fromRows, toRows } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { householder, householderKind } from '../../src/bijectors/householder.ts'
import { logAbsDeterminant } from '../determinant.ts'
import { distance, normals } from '../draws.ts'
import { describeGolden } from '../golden.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

test('both directions are inverse to each other and keep volumes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat({ max: 1e6 }),
      (d, reflections, seed) => {
        const layer = householder(d, reflections)
        const row = Array.from(normals(seed, [d]).data)
        expectBijector(layer, drawParameters(layer.parameters, seed), [row, row.map((v) => 1e3 * v)], 1e-12)
      },
    ),
    { numRuns: 20 },
  )
})

test('its matrix is orthogonal with determinant (-1)^reflections', () => {
  for (const reflections of [1, 2, 3]) {
    const layer = householder(3, reflections)
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    const y = toRows(
      evaluateAt(({ params, x }) => layer.forward(params, x, {}).value, {
        params: drawParameters(layer.parameters, 7),
        x: fromRows(identity, 3, [3]),
      }),
    )
    const rows = [0, 1, 2].map((i) => Array.from(y.slice(3 * i, 3 * i + 3)))
    const gram = rows.flatMap((a) => rows.map((b) => a.reduce((sum, v, k) => sum + v * b[k]!, 0)))
    expect(distance(gram, identity)).toBeLessThan(1e-14)
    const [a, b, c] = rows as [number[], number[], number[]]
    const determinant =
      a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
      a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
      a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)
    expect(determinant).toBeCloseTo((-1) ** reflections, 12)
    expect(logAbsDeterminant(rows)).toBeCloseTo(0, 12)
  }
})

test('it stretches by 1, and a box into the box around the turned corners', () => {
  const layer = householder(2, 1)
  // Reflection along (1, -1) swaps the coordinates.
  const bounds = layer.lipschitz(
    { vectors: constant([[2, -2]]) },
    { lower: Float64Array.from([0, 5]), upper: Float64Array.from([1, 9]) },
  )
  expect([bounds.forward, bounds.inverse]).toEqual([1, 1])
  expect(distance(bounds.image.lower, [5, 0])).toBeLessThan(1e-14)
  expect(distance(bounds.image.upper, [9, 1])).toBeLessThan(1e-14)
})

test('refuses to be without reflections, and its spec rebuilds it', () => {
  expect(() => householder(3, 0)).toThrow(/at least 1/)
  const layer = householder(3, 2)
  expect(householderKind.build(layer.spec.options, [], undefined as never).spec).toEqual(layer.spec)
})

interface StoredReflections {
  readonly D: number
  readonly K: number
  readonly vectors: readonly (readonly number[])[]
  readonly x: readonly (readonly number[])[]
  readonly y: readonly (readonly number[])[]
  readonly inverseOfX: readonly (readonly number[])[]
}

describeGolden<{ readonly cases: readonly StoredReflections[] }>('householder.json', ({ cases }) => {
  test.each(cases)('agrees with another library for $K reflections in $D dimensions', (c) => {
    const layer = householder(c.D, c.K)
    const found = evaluateAt(
      ({ params, x }) => ({
        y: layer.forward(params, x, {}).value,
        back: layer.inverse(params, x, {}).value,
      }),
      {
        params: { vectors: { data: Float64Array.from(c.vectors.flat()), shape: [c.K, c.D] } },
        x: fromRows(c.x.flat(), c.x.length, [c.D]),
      },
    )
    expect(distance(toRows(found.y), c.y.flat())).toBeLessThan(1e-13)
    expect(distance(toRows(found.back), c.inverseOfX.flat())).toBeLessThan(1e-13)
  })
})
