import { add, div, type Example, evaluateAt, fromRows, log, mul, sigmoid, sub, take } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  affineTransform,
  alternating,
  boundForDepth,
  coupling,
  half,
  indices,
  invert,
  type Mask,
  mlp,
  rebuild,
  type Transform,
} from '../../src/index.ts'
import { left, right } from '../either.ts'
import { describeGolden } from '../golden.ts'
import { inspect, relativeError } from '../inspect.ts'
import { type Arrays, drawParameters } from '../parameters.ts'

const masks: fc.Arbitrary<Mask> = fc.integer({ min: 2, max: 7 }).chain((size) =>
  fc.oneof(
    fc.integer({ min: 0, max: 3 }).map((turn) => alternating(size, turn)),
    fc.integer({ min: 0, max: 3 }).map((turn) => half(size, turn)),
    fc
      .subarray(
        Array.from({ length: size }, (_, i) => i),
        { minLength: 1, maxLength: size - 1 },
      )
      .map((kept) => indices(size, kept)),
  ),
)
const seeds = fc.integer({ min: 0, max: 1e6 })

const pointsOf = (seed: number, size: number, lanes = 3): readonly number[] =>
  Array.from({ length: lanes * size }, (_, i) => 2 * Math.sin(seed + 1.7 * i))

describe('an affine coupling', () => {
  test('with any mask: both directions undo each other, with the log-determinant of the Jacobian', () => {
    fc.assert(
      fc.property(masks, seeds, (mask, seed) => {
        const b = coupling({ mask, transform: affineTransform(), conditioner: mlp([6, 5], { activation: 'tanh' }) })
        const rows = pointsOf(seed, mask.size)
        const seen = inspect(b as never, drawParameters(b.parameters, seed) as never, rows)
        expect(relativeError(seen.back, rows)).toBeLessThan(1e-12)
        expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-11)
        expect(
          relativeError(
            seen.backLogDet,
            seen.logDet.map((v) => -v),
          ),
        ).toBeLessThan(1e-12)
        for (let lane = 0; lane < 3; lane++)
          for (const i of mask.kept) expect(seen.z[lane * mask.size + i]).toBe(rows[lane * mask.size + i])
      }),
      { numRuns: 40 },
    )
  })

  test('starts as the identity', () => {
    const b = coupling({ mask: alternating(5), transform: affineTransform(), conditioner: mlp([8]) })
    const start = drawParameters(b.parameters, 3, 1, (path, { shape }) =>
      path.startsWith('conditioner.1.')
        ? { data: new Float64Array(shape.reduce((n, k) => n * k, 1)), shape }
        : undefined,
    )
    const rows = pointsOf(1, 5)
    const seen = inspect(b as never, start as never, rows)
    expect(seen.z).toEqual(Float64Array.from(rows))
    expect(seen.logDet).toEqual(new Float64Array(3))
  })

  test('follows the context', () => {
    const b = coupling({ dim: 3, transform: affineTransform(), conditioner: mlp([6], { context: 2 }) })
    const params = drawParameters(b.parameters, 5) as never
    const rows = [1, 2, 3, 1, 2, 3]
    const seen = inspect(b as never, params, rows, fromRows([0, 1, 1, 0], 2, [2]))
    expect(relativeError(seen.back, rows)).toBeLessThan(1e-13)
    expect(seen.z[2]).not.toBeCloseTo(seen.z[5]!, 6)
    expect(() => inspect(b as never, params, rows)).toThrow('mlp: expects a context of shape [2], but none was given.')
    expect(() => inspect(b as never, params, rows, fromRows([1, 2, 3, 4, 5, 6], 2, [3]))).toThrow(
      'mlp: expects a context of shape [2], got [3].',
    )
  })

  test('never stretches by more than its bound, however large the raw numbers', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (bound, raw) => {
          const { forward } = affineTransform({ bound })
          const { logDerivative } = inspectTransform(forward, [0, raw], 1)
          expect(Math.abs(logDerivative)).toBeLessThanOrEqual(bound * (1 + 1e-15))
        },
      ),
    )
    for (const depth of [1, 2, 8, 24, 100]) expect(depth * boundForDepth(depth)).toBeLessThanOrEqual(24)
  })
})

/** One coordinate of a transform, as numbers. */
const inspectTransform = (
  direction: Transform['forward'],
  raw: readonly number[],
  x: number,
): { readonly value: number; readonly logDerivative: number } => {
  const found = evaluateAt(
    ({ r, p }) => {
      const { value, logDerivative } = direction(r, p)
      return { value, logDerivative }
    },
    { r: fromRows(raw, 1, [1, raw.length]), p: fromRows([x], 1, [1]) },
  )
  return { value: found.value.data[0]!, logDerivative: found.logDerivative.data[0]! }
}

describe('a coupling that cannot be is refused', () => {
  const parts = { transform: affineTransform(), conditioner: mlp([4]) }

  test('for one column, naming what works there', () => {
    expect(() => coupling({ dim: 1, ...parts })).toThrow(
      'coupling: a vector of 1 leaves nothing to condition on, since one part moves the other. For one column use maf (an autoregressive flow).',
    )
  })

  test('where the mask keeps all or nothing, or another length', () => {
    expect(() => coupling({ mask: indices(3, []), ...parts })).toThrow('the mask keeps no coordinate of 3')
    expect(() => coupling({ mask: indices(3, [0, 1, 2]), ...parts })).toThrow('the mask keeps every coordinate of 3')
    expect(() => coupling({ dim: 4, mask: half(3), ...parts })).toThrow('the mask is for 3 coordinates, but dim is 4')
    expect(() => indices(3, [3])).toThrow('3 is no coordinate of a vector of 3')
  })

  test('where the transform changes the support', () => {
    const squash = { ...affineTransform(), codomain: 'unitInterval' } as unknown as Transform<'real'>
    expect(() => coupling({ dim: 2, ...parts, transform: squash })).toThrow('maps real onto unitInterval')
  })
})

describe('the spec of a coupling', () => {
  test('rebuilds it: same spec, same numbers', () => {
    fc.assert(
      fc.property(masks, seeds, (mask, seed) => {
        const b = coupling({
          mask,
          transform: affineTransform({ bound: 1.5 }),
          conditioner: mlp([3], { activation: 'silu' }),
        })
        const again = right(rebuild(JSON.parse(JSON.stringify(b.spec))))
        const params = drawParameters(b.parameters, seed) as never
        const rows = pointsOf(seed, mask.size)
        expect(again.spec).toEqual(b.spec)
        expect(inspect(again as never, params, rows)).toEqual(inspect(b as never, params, rows))
      }),
      { numRuns: 10 },
    )
  })

  test('names the transform that is missing when it is rebuilt without it', () => {
    const mine: Transform<'real'> = { ...affineTransform(), spec: { kind: 'mine', options: null, parts: [] } }
    const { spec } = coupling({ dim: 2, transform: mine, conditioner: mlp([3]) })
    expect(left(rebuild(spec))).toMatchObject({ _tag: 'UnknownKind', of: 'transform', kind: 'mine' })
  })
})

interface CouplingGolden {
  readonly cases: readonly {
    readonly variant: string
    readonly D: number
    readonly identity: readonly number[]
    readonly transformed: readonly number[]
    readonly layers: readonly { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] }[]
    readonly x: readonly (readonly number[])[]
    readonly y: readonly (readonly number[])[]
    readonly logdet: readonly number[]
    readonly inverseOfX: readonly (readonly number[])[]
    readonly inverseLogdetAtX?: readonly number[]
  }[]
}

/** nflows: scale = sigmoid(raw + 2) + 1e-3. A transform of a user's own. */
const sigmoidScale: Transform<'real'> = {
  ...affineTransform(),
  spec: { kind: 'sigmoidScale', options: null, parts: [] },
  forward: (raw, x) => ({ value: add(mul(x, scaleOf(raw)), take(raw, -1, 0)), logDerivative: log(scaleOf(raw)) }),
  inverse: (raw, z) => ({
    value: div(sub(z, take(raw, -1, 0)), scaleOf(raw)),
    logDerivative: mul(-1, log(scaleOf(raw))),
  }),
}
const scaleOf = (raw: Example): Example => add(sigmoid(add(take(raw, -1, 1), 2)), 1e-3)

const conventions: Readonly<Record<string, { readonly transform: Transform<'real'>; readonly interleaved: boolean }>> =
  {
    'nflows-sigmoid': { transform: sigmoidScale, interleaved: false },
    'zuko-softclip': { transform: affineTransform({ bound: Math.log(1e3) }), interleaved: true },
    // A clamp so wide that it is none.
    'normflows-exp': { transform: affineTransform({ bound: 1e300 }), interleaved: true },
  }

describeGolden<CouplingGolden>('coupling-affine.json', ({ cases }) => {
  test.each(cases)('$variant: values, log-determinants and inverses agree', (golden) => {
    const { transform, interleaved } = conventions[golden.variant]!
    const b = coupling({
      mask: indices(golden.D, golden.identity),
      transform,
      conditioner: mlp(golden.layers.slice(0, -1).map((layer) => layer.bias.length)),
    })
    const params = {
      conditioner: golden.layers.map((layer, i) => inOurOrder(layer, i === golden.layers.length - 1 && !interleaved)),
    }
    const seen = inspect(b as never, params as never, golden.x.flat())
    expect(relativeError(seen.z, golden.y.flat())).toBeLessThan(1e-13)
    expect(relativeError(seen.logDet, golden.logdet)).toBeLessThan(1e-13)
    const back = inspect(invert(b) as never, params as never, golden.x.flat())
    expect(relativeError(back.z, golden.inverseOfX.flat())).toBeLessThan(1e-13)
    if (golden.inverseLogdetAtX) expect(relativeError(back.logDet, golden.inverseLogdetAtX)).toBeLessThan(1e-13)
  })
})

/** Rows of the last layer by coordinate: shift and raw scale of the first, of the second … */
const inOurOrder = (
  { weight, bias }: { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] },
  blocks: boolean,
): Arrays<object> => {
  const count = bias.length / 2
  const order = bias.map((_, row) => (blocks ? (row % 2) * count + Math.floor(row / 2) : row))
  return {
    weight: { data: Float64Array.from(order.flatMap((row) => weight[row]!)), shape: [bias.length, weight[0]!.length] },
    bias: { data: Float64Array.from(order, (row) => bias[row]!), shape: [bias.length] },
  }
}
