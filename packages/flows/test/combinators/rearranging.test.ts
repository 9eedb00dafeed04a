import { fromRows, random } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  affine,
  affineTransform,
  alternating,
  andThen,
  type Bijector,
  concat,
  conditional,
  coupling,
  elementwise,
  exp,
  initialValues,
  invert,
  mlp,
  permute,
  pipe,
  positive,
  power,
  real,
  rebuild,
  repeat,
  reshape,
  reverse,
  sandwich,
  showDomain,
  sigmoid,
  simplex,
  stack,
  tanh,
  unify,
} from '../../src/index.ts'
import { right } from '../either.ts'
import { type Inspection, inspect, relativeError } from '../inspect.ts'
import { drawParameters } from '../parameters.ts'

const untyped = (b: unknown): Bijector => b as Bijector
const logOf = (size: number | readonly number[]) => invert(elementwise(exp, size))
const logit = (size: number | readonly number[]) => invert(elementwise(sigmoid, size))

/** Points of the domain of a map that starts with an inverse of exp or sigmoid, or anywhere. */
const pointsOf = (seed: number, size: number, lanes = 2): readonly number[] =>
  Array.from({ length: lanes * size }, (_, i) => 0.5 + 0.45 * Math.sin(seed + 1.3 * i))

const examples: readonly (readonly [string, unknown])[] = [
  ['permute', permute([2, 0, 3, 1])],
  ['permute of rows', permute([1, 0], real([2, 3]))],
  ['reverse', reverse(3, positive(3))],
  ['reshape', reshape(real([2, 3]), [3, 2])],
  ['stack', stack([logOf([2]), logit([2]), affine(2)] as unknown as readonly Bijector[])],
  ['concat of one support', concat([affine(2), permute([2, 1, 0]) as never])],
  ['concat of several', concat([logOf(1), logit(2), affine(1)] as never)],
  ['concat of rows', concat([affine([1, 2]), affine([2, 2])])],
  ['sandwich', pipe(affine(2) as never, sandwich(logOf(2) as never))],
  [
    'repeat',
    repeat(3, (i) => coupling({ mask: alternating(3, i), transform: affineTransform(), conditioner: mlp([4]) })),
  ],
  ['unify', pipe(stack([logOf([]), logit([])] as never), (s) => pipe(s, andThen(unify(s.codomain, 'real'))))],
  ['inverse of stack', invert(pipe(stack([affine(2), affine(2)] as never)))],
]

/** Both round trips, log-determinants against the Jacobian, the spec rebuilt with the same numbers. */
const holds = (b: Bijector, seed: number): Inspection => {
  const params = drawParameters(b.parameters, seed, 0.5) as never
  const rows = pointsOf(
    seed,
    b.domain.shape.reduce((n, k) => n * k, 1),
  )
  const seen = inspect(b as never, params, rows)
  expect(relativeError(seen.back, rows)).toBeLessThan(1e-11)
  expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-11)
  expect(
    relativeError(
      seen.backLogDet,
      seen.logDet.map((v) => -v),
    ),
  ).toBeLessThan(1e-11)
  const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
  expect(again.spec).toEqual(b.spec)
  expect([again.domain, again.codomain, again.parameters]).toEqual([b.domain, b.codomain, b.parameters])
  expect(inspect(again as never, params, rows)).toEqual(seen)
  return seen
}

describe.each(examples)('%s', (_, b) => {
  test('undoes itself, has the log-determinant of its Jacobian, and comes back from its spec', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => void holds(untyped(b), seed)),
      { numRuns: 8 },
    )
  })
})

test('permute moves coordinate order[i] to i, for every order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).chain((n) => {
        const all = Array.from({ length: n }, (_, i) => i)
        return fc.shuffledSubarray(all, { minLength: n, maxLength: n })
      }),
      (order) => {
        const rows = order.map((_, i) => i * 10)
        const seen = inspect(permute(order) as never, {}, rows)
        expect(Array.from(seen.z)).toEqual(order.map((i) => rows[i]))
        expect(Array.from(seen.back)).toEqual(rows)
      },
    ),
    { numRuns: 30 },
  )
  expect(() => permute([0, 2])).toThrow('permute: [0, 2] is not an order of the leading axis of [2].')
  expect(() => permute([0, 0])).toThrow('Give each position from 0 once.')
})

describe('bounds on a box', () => {
  test('of parts side by side are the largest of the parts, and images lie side by side', () => {
    const b = concat([elementwise(tanh, 1), affine(1)] as never) as unknown as Bijector
    const zero = drawConstants(b)
    const { forward, inverse, image } = b.lipschitz(zero, {
      lower: Float64Array.of(-1, -7),
      upper: Float64Array.of(1, 5),
    })
    expect(forward).toBeGreaterThanOrEqual(1)
    expect(forward).toBeLessThan(1.1)
    expect(inverse).toBeGreaterThanOrEqual(1 / (1 - Math.tanh(1) ** 2))
    expect(inverse).toBeLessThan(3)
    expect(relativeError(image.lower, [Math.tanh(-1), -7])).toBeLessThan(1e-15)
    expect(relativeError(image.upper, [Math.tanh(1), 5])).toBeLessThan(1e-15)
  })

  test('follow a permutation', () => {
    const { forward, inverse, image } = permute([1, 2, 0]).lipschitz(
      {},
      {
        lower: Float64Array.of(1, 2, 3),
        upper: Float64Array.of(4, 5, 6),
      },
    )
    expect([forward, inverse]).toEqual([1, 1])
    expect(image).toEqual({ lower: Float64Array.of(2, 3, 1), upper: Float64Array.of(5, 6, 4) })
  })

  test('pass through a chain, image by image', () => {
    const chainOf = pipe(elementwise(tanh, 1), andThen(invert(elementwise(tanh, 1))))
    const { forward, inverse, image } = untyped(chainOf).lipschitz([{}, {}], {
      lower: Float64Array.of(-0.5),
      upper: Float64Array.of(0.5),
    })
    // Stretches of the parts multiply, so the bound is the ratio of the largest and the smallest slope.
    const ratio = 1 / (1 - Math.tanh(0.5) ** 2)
    for (const stretch of [forward, inverse]) {
      expect(stretch).toBeGreaterThanOrEqual(ratio)
      expect(stretch).toBeLessThan(1.05 * ratio)
    }
    expect(relativeError([...image.lower, ...image.upper], [-0.5, 0.5])).toBeLessThan(1e-14)
  })

  test('pass through a sandwich: a square seen in logarithms doubles', () => {
    const doubled = pipe(elementwise(power(2), 1), sandwich(elementwise(exp, 1)))
    const { forward, image } = doubled.lipschitz(
      { inner: {}, outer: {} },
      {
        lower: Float64Array.of(-1),
        upper: Float64Array.of(1),
      },
    )
    expect(forward).toBeGreaterThanOrEqual(2)
    expect(relativeError([...image.lower, ...image.upper], [-2, 2])).toBeLessThan(1e-14)
  })
})

describe('conditional', () => {
  const b = pipe(affine(2), conditional(mlp([5], { context: 3 })))

  test('moves a map with the context, per example, with the log-determinant of the Jacobian', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const rows = [1, 2, 1, 2]
        const params = drawParameters(b.parameters, seed, 0.5) as never
        const seen = inspect(b as never, params, rows, fromRows([1, 0, 0, 0, 1, 0], 2, [3]))
        expect(relativeError(seen.back, rows)).toBeLessThan(1e-11)
        expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-11)
        expect(seen.z[0]).not.toBe(seen.z[2])
      }),
      { numRuns: 10 },
    )
  })

  test('comes back from its spec', () => {
    const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
    expect([again.spec, again.parameters]).toEqual([b.spec, b.parameters])
  })

  test('is refused where nothing could move', () => {
    expect(() => pipe(permute([1, 0]), conditional(mlp([5], { context: 3 })))).toThrow('no trained parameters')
    expect(() => pipe(affine(2), conditional(mlp([5])))).toThrow('the network takes no context')
  })
})

describe('parts that do not fit are refused', () => {
  test('named with their shapes', () => {
    expect(() => stack([affine(2), affine(3)] as never)).toThrow(
      'stack: the domain of affine has shape [3], that of affine has [2].',
    )
    expect(() => concat([affine([2, 2]), affine([2, 3])])).toThrow('concat: the domain of affine has shape [2, 3]')
    expect(() => concat([affine([])])).toThrow('concat')
    expect(() => repeat(0, () => affine(2))).toThrow('repeat: the number of layers is a positive whole number, got 0.')
    expect(() => reshape(real(6), [4])).toThrow('reshape: [6] has 6 elements, [4] has 4.')
    expect(() => reshape(simplex(6), [2, 3])).toThrow('the axes of simplex [6] mean something')
    expect(() => pipe(affine(3) as never, sandwich(logOf(2) as never))).toThrow('affine takes shape [3]')
  })

  test('a product meets only the same product, and becomes a support only where its parts agree', () => {
    const mixed = stack([logOf([]), elementwise(exp, [])] as never)
    expect(showDomain(mixed.codomain)).toBe('product(real [], positive []) [2]')
    expect(() => unify(mixed.codomain, 'real')).toThrow('is not made of real alone (positive [])')
    expect(() => pipe(mixed, andThen(stack([affine([]), affine([])] as never)))).toThrow(
      'stack → stack: stack maps onto product(real [], positive []), but stack is defined on product(real [], real []).',
    )
  })
})

/** Zeros as constants, for bounds, which need known numbers. */
const drawConstants = (b: Bijector): unknown => initialValues(b.parameters, random.key(0))
