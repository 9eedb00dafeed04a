import { constant, evaluateAt, fromRows, toRows } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { luLinear, luLinearKind } from '../../src/bijectors/lu.ts'
import { distance, normals, perLane } from '../draws.ts'
import { describeGolden } from '../golden.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

const rowsOf = (seed: number, count: number, d: number): readonly (readonly number[])[] => {
  const { data } = normals(seed, [count, d])
  return Array.from({ length: count }, (_, i) => Array.from(data.slice(i * d, (i + 1) * d)))
}

test('both directions are inverse to each other with the log-determinant of the Jacobian', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.nat({ max: 1e6 }), (d, seed) => {
      const layer = luLinear(d, { seed })
      expectBijector(layer, drawParameters(layer.parameters, seed, 0.5), rowsOf(seed, 3, d), 1e-9)
    }),
    { numRuns: 20 },
  )
})

test('it starts as its permutation, which the seed decides', () => {
  const options = luLinear(6, { seed: 5 }).spec.options as { readonly permutation: readonly number[] }
  expect(luLinear(6, { seed: 5 }).spec.options).toEqual(options)
  expect([...options.permutation].sort()).toEqual([0, 1, 2, 3, 4, 5])
  expect(new Set([1, 2, 3, 4].map((seed) => JSON.stringify(luLinear(6, { seed }).spec.options))).size).toBe(4)
  const zero = {
    factors: { data: new Float64Array(36), shape: [6, 6] },
    shift: { data: new Float64Array(6), shape: [6] },
  }
  const y = evaluateAt(({ params, x }) => luLinear(6, { seed: 5 }).forward(params, x, {}).value, {
    params: zero,
    x: fromRows([10, 11, 12, 13, 14, 15], 1, [6]),
  })
  expect(Array.from(y.data)).toEqual(options.permutation.map((i) => 10 + i))
})

test('its bounds are reached along its singular vectors, and its image is the box around the mapped corners', () => {
  // [[3, 0], [4, 5]] = L U has singular values √45 and √5.
  const params = {
    factors: { data: Float64Array.from([Math.log(3), 0, 4 / 3, Math.log(5)]), shape: [2, 2] },
    shift: { data: Float64Array.from([1, -2]), shape: [2] },
  }
  const layer = luLinear(2)
  const at = { lower: Float64Array.from([-1, 0]), upper: Float64Array.from([1, 2]) }
  const values = { factors: constant(params.factors.data, [2, 2]), shift: constant(params.shift.data) }
  const bounds = layer.lipschitz(values, at)
  expect(bounds.forward).toBeCloseTo(Math.sqrt(45), 8)
  expect(bounds.inverse).toBeCloseTo(1 / Math.sqrt(5), 8)
  expect(Array.from(bounds.image.lower)).toEqual([-2, -6].map((v) => expect.closeTo(v, 12)))
  expect(Array.from(bounds.image.upper)).toEqual([4, 12].map((v) => expect.closeTo(v, 12)))
  const back = layer.lipschitzInverse!(values, bounds.image)
  expect(back.forward).toBeCloseTo(1 / Math.sqrt(5), 8)
  expect(back.inverse).toBeCloseTo(Math.sqrt(45), 8)
  for (let i = 0; i < 2; i++) {
    expect(back.image.lower[i]!).toBeLessThanOrEqual(at.lower[i]! + 1e-12)
    expect(back.image.upper[i]!).toBeGreaterThanOrEqual(at.upper[i]! - 1e-12)
  }
})

test('refuses what is no permutation, and its spec rebuilds it', () => {
  expect(() => luLinear(3, { permutation: [0, 1, 1] })).toThrow(/each of 0 to 2 once/)
  expect(() => luLinear(0)).toThrow(/at least 1/)
  const layer = luLinear(4, { seed: 9 })
  expect(luLinearKind.build(JSON.parse(JSON.stringify(layer.spec.options)), [], undefined as never).spec).toEqual(
    layer.spec,
  )
})

interface StoredLu {
  readonly D: number
  readonly lowerEntries: readonly number[]
  readonly upperEntries: readonly number[]
  readonly unconstrainedUpperDiag: readonly number[]
  readonly eps: number
  readonly bias: readonly number[]
  readonly x: readonly (readonly number[])[]
  readonly y: readonly (readonly number[])[]
  readonly logdet: readonly number[]
  readonly inverseOfX: readonly (readonly number[])[]
  readonly inverseLogdetAtX: readonly number[]
}

/** The stored triangles, packed. */
const packed = ({ D, lowerEntries, upperEntries, unconstrainedUpperDiag, eps, bias }: Omit<StoredLu, 'x'>) => {
  const [lower, upper] = [[...lowerEntries], [...upperEntries]]
  const factors = new Float64Array(D * D)
  for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) factors[i * D + j] = lower.shift()!
  for (let i = 0; i < D; i++) for (let j = i + 1; j < D; j++) factors[i * D + j] = upper.shift()!
  for (let i = 0; i < D; i++) factors[i * D + i] = Math.log(Math.log1p(Math.exp(unconstrainedUpperDiag[i]!)) + eps)
  return { factors: { data: factors, shape: [D, D] }, shift: { data: Float64Array.from(bias), shape: [D] } }
}

describeGolden<{ readonly cases: readonly StoredLu[] }>('lu-linear.json', ({ cases }) => {
  test.each(cases)('agrees with another library in $D dimensions', (c) => {
    const layer = luLinear(c.D)
    const lanes = c.x.length
    const found = evaluateAt(
      ({ params, x }) => ({ through: { ...layer.forward(params, x, {}) }, back: { ...layer.inverse(params, x, {}) } }),
      { params: packed(c), x: fromRows(c.x.flat(), lanes, [c.D]) },
    )
    expect(distance(toRows(found.through.value), c.y.flat())).toBeLessThan(1e-12)
    expect(distance(perLane(found.through.logDet, lanes), c.logdet)).toBeLessThan(1e-12)
    const size = Math.max(...c.inverseOfX.flat().map(Math.abs))
    expect(distance(toRows(found.back.value), c.inverseOfX.flat())).toBeLessThan(1e-12 * size)
    expect(distance(perLane(found.back.logDet, lanes), c.inverseLogdetAtX)).toBeLessThan(1e-12)
  })
})
