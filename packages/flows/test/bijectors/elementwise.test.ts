import { constant } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  affine,
  type Bijector,
  type Declared,
  elementwise,
  exp,
  invert,
  leakyTanh,
  power,
  rebuild,
  type ScalarBijection,
  scale,
  shift,
  sigmoid,
  softclip,
  softplus,
  tanh,
} from '../../src/index.ts'
import { right } from '../either.ts'
import { describeGolden } from '../golden.ts'
import { inspect, relativeError } from '../inspect.ts'
import { drawParameters } from '../parameters.ts'

const untyped = (b: unknown): Bijector<never, never, unknown> => b as Bijector<never, never, unknown>

/** Every row, with the points where both directions are well conditioned. */
const rows: readonly (readonly [ScalarBijection, number, number])[] = [
  [exp, -20, 20],
  [softplus, -20, 30],
  [sigmoid, -15, 15],
  [tanh, -7, 7],
  [power(3), 0.01, 50],
  [power(-0.5), 0.01, 50],
  [softclip(2.5), -50, 50],
  [leakyTanh(1.5), -40, 40],
]
const named = rows.map(([row, low, high]) => ({ name: row.name, row, low, high }))

describe.each(named)('$name', ({ row, low, high }) => {
  const points = fc.array(fc.double({ min: low, max: high, noNaN: true }), { minLength: 8, maxLength: 8 })

  test('both directions undo each other, with the log-derivative that autodiff finds', () => {
    fc.assert(
      fc.property(points, (xs) => {
        const b = elementwise(row, 2)
        const seen = inspect(untyped(b), {}, xs)
        expect(relativeError(seen.back, xs)).toBeLessThan(1e-7)
        expect(relativeError(inspect(untyped(b), {}, seen.back).z, seen.z)).toBeLessThan(1e-14)
        expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-8)
        expect(
          relativeError(
            seen.backLogDet,
            seen.logDet.map((v) => -v),
          ),
        ).toBeLessThan(1e-7)
      }),
      { numRuns: 20 },
    )
  })

  test('is data: it comes back from JSON with the same numbers', () => {
    const b = elementwise(row, 2)
    const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
    const xs = [low, high, (low + high) / 2, 0.3 * low + 0.7 * high]
    expect(again.spec).toEqual(b.spec)
    expect(inspect(untyped(again), {}, xs)).toEqual(inspect(untyped(b), {}, xs))
  })

  test('stretches on a box no more than its bounds say, and not much less', () => {
    const b = untyped(elementwise(row, 1))
    const [a, c] = [0.7 * low + 0.3 * high, 0.3 * low + 0.7 * high]
    const { forward, inverse, image } = b.lipschitz({}, { lower: Float64Array.of(a), upper: Float64Array.of(c) })
    const xs = Array.from({ length: 200 }, (_, i) => a + ((c - a) * i) / 199)
    const { logDet, z } = inspect(b, {}, xs)
    const slopes = Array.from(logDet, Math.exp)
    expect(Math.max(...slopes)).toBeLessThanOrEqual(forward * (1 + 1e-12))
    expect(1 / Math.min(...slopes)).toBeLessThanOrEqual(inverse * (1 + 1e-12))
    expect(forward).toBeLessThan(30 * Math.max(...slopes))
    expect(inverse).toBeLessThan(30 / Math.min(...slopes))
    expect(Math.min(...z)).toBeGreaterThanOrEqual(image.lower[0]! - 1e-12)
    expect(Math.max(...z)).toBeLessThanOrEqual(image.upper[0]! + 1e-12)
    const back = invert(b).lipschitz({}, image)
    expect(relativeError([back.forward, back.inverse], [inverse, forward])).toBeLessThan(1e-6)
  })
})

describe.each([
  ['affine', affine],
  ['scale', scale],
  ['shift', shift],
] as const)('%s', (_, make) => {
  test('both directions undo each other in any shape; the identity at the start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom([], [3], [2, 3]), (seed, shape) => {
        const b = make(shape)
        const size = shape.reduce((n, k) => n * k, 1)
        const xs = Array.from({ length: 2 * size }, (_, i) => Math.sin(seed + i) * 3)
        const seen = inspect(untyped(b), drawParameters(b.parameters as Declared<unknown>, seed) as never, xs)
        expect(relativeError(seen.back, xs)).toBeLessThan(1e-12)
        expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-12)
        const start = drawParameters(b.parameters as Declared<unknown>, 0, 0)
        expect(inspect(untyped(b), start as never, xs).z).toEqual(Float64Array.from(xs))
        expect(right(rebuild(b.spec)).spec).toEqual(b.spec)
      }),
      { numRuns: 15 },
    )
  })

  test('stretches by its scale, whatever the box', () => {
    const b = untyped(make(2))
    const logScale = [0.5, -1]
    const params = {
      logScale: { data: Float64Array.from(logScale), shape: [2] },
      shift: { data: Float64Array.of(3, 4), shape: [2] },
    }
    const asConstants = Object.fromEntries(
      Object.entries(params).map(([key, { data, shape }]) => [key, constant(data, shape)]),
    )
    const { forward, inverse } = b.lipschitz(asConstants, {
      lower: Float64Array.of(-1e3, -Infinity),
      upper: Float64Array.of(1, Infinity),
    })
    const still = make === (shift as unknown)
    expect(forward).toBeCloseTo(still ? 1 : Math.exp(0.5), 10)
    expect(inverse).toBeCloseTo(still ? 1 : Math.exp(1), 10)
  })
})

test('options that make no map are refused', () => {
  expect(() => power(0)).toThrow('power: the exponent is a number other than 0, got 0.')
  expect(() => softclip(-1)).toThrow('softclip: the bound is a positive number, got -1.')
  expect(() => leakyTanh(40)).toThrow('leakyTanh: the cut is between 0 and 15, got 40.')
})

interface ElementwiseGolden {
  readonly x: readonly number[]
  readonly cases: Readonly<
    Record<string, { readonly y: readonly number[]; readonly logdet: readonly number[]; readonly bound?: number }>
  >
  readonly inverses: readonly Readonly<Record<string, number>>[]
}

describeGolden<ElementwiseGolden>('elementwise.json', ({ x, cases, inverses }) => {
  test.each([
    ['tanh', tanh],
    ['sigmoid', sigmoid],
    ['softplus', softplus],
    ['softclip', softclip(2)],
  ] as const)('%s has the values and log-derivatives of 800 digits, out to 1e300', (name, row) => {
    const { y, logdet } = cases[name]!
    const { z, logDet } = inspect(untyped(elementwise(row as ScalarBijection, [])), {}, x)
    expect(worst(z, y)).toBeLessThan(4e-15)
    expect(relativeError(logDet, logdet)).toBeLessThan(1e-15)
  })

  test.each([
    ['atanh', tanh],
    ['logit', sigmoid],
    ['softplusInverse', softplus],
  ] as const)('%s is the inverse', (name, row) => {
    const known = inverses.filter((c) => name in c)
    const seen = inspect(
      untyped(invert(elementwise(row as ScalarBijection, []))),
      {},
      known.map((c) => c.y!),
    )
    expect(
      worst(
        seen.z,
        known.map((c) => c[name]!),
      ),
    ).toBeLessThan(1e-14)
  })
})

/** Largest relative error, of subnormal numbers as of the smallest normal one. */
const worst = (found: ArrayLike<number>, known: readonly number[]): number =>
  Math.max(...known.map((k, i) => (found[i] === k ? 0 : Math.abs(found[i]! - k) / Math.max(Math.abs(k), 2e-308))))
