import { constant, type Example, evaluate, lanes } from '@diffeo/autodiff'
import fc from 'fast-check'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import { describe, expect, test } from 'vitest'
import {
  affine,
  andThen,
  type Bijector,
  Category,
  chain,
  type Domain,
  define,
  elementwise,
  exp,
  getMonoid,
  identity,
  invert,
  layersOf,
  parameter,
  permute,
  pipe,
  type Real,
  real,
  sigmoid,
  tanh,
} from '../../src/index.ts'
import { inspect, relativeError } from '../inspect.ts'
import { drawParameters } from '../parameters.ts'

/** What composition is about: which layers, where from, where to, with which parameters. */
const value = (b: Bijector<never, never, never> | Bijector) => {
  const { layers, ...rest } = { layers: layersOf(b as Bijector), ...(b as Bijector) }
  return {
    layers,
    spec: rest.spec,
    domain: rest.domain,
    codomain: rest.codomain,
    parameters: rest.parameters,
    cost: rest.cost,
    exactness: rest.exactness,
  }
}

const onReals: readonly Bijector<Real, Real>[] = [
  affine(3) as unknown as Bijector<Real, Real>,
  permute([2, 0, 1]),
  pipe(elementwise(exp, 3), andThen(invert(elementwise(exp, 3)))),
  identity(real(3)),
]
const layer = fc.constantFrom(...onReals)
const composed = fc.array(layer, { maxLength: 4 }).map((layers) => concatAll(getMonoid(real(3)))(layers))

describe('composition', () => {
  test('is associative, as values', () => {
    fc.assert(
      fc.property(composed, composed, composed, (a, b, c) => {
        expect(value(pipe(a, andThen(b), andThen(c)))).toEqual(value(pipe(a, andThen(pipe(b, andThen(c))))))
      }),
    )
  })

  test('with the identity on either side changes nothing, as values', () => {
    fc.assert(
      fc.property(composed, (a) => {
        expect(value(pipe(identity(real(3)), andThen(a)))).toEqual(value(a))
        expect(value(pipe(a, andThen(identity(real(3)))))).toEqual(value(a))
      }),
    )
  })

  test('inverts in reverse order: invert(a; b) = invert(b); invert(a), and twice is where it began', () => {
    fc.assert(
      fc.property(composed, composed, (a, b) => {
        expect(value(invert(pipe(a, andThen(b))))).toEqual(value(pipe(invert(b), andThen(invert(a)))))
        expect(value(invert(invert(a)))).toEqual(value(a))
      }),
    )
    expect(invert(invert(onReals[0]!))).toBe(onReals[0])
  })

  test('in the category: the identity takes its domain from its neighbour', () => {
    const toUnit = elementwise(sigmoid, 2)
    const id = Category.id<never>()
    expect(value(Category.compose(toUnit as never, id))).toEqual(value(chain([toUnit as never])))
    expect(value(Category.compose(id, toUnit as never))).toEqual(value(chain([toUnit as never])))
  })

  test('adds log-determinants, and those of the two directions cancel', () => {
    const flow = pipe(affine(3), andThen(permute([1, 2, 0])), andThen(affine(3)), andThen(elementwise(tanh, 3)))
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
        (seed, rows) => {
          const seen = inspect(flow as never, drawParameters(flow.parameters, seed, 0.3) as never, rows)
          expect(relativeError(seen.back, rows)).toBeLessThan(1e-9)
          expect(relativeError(seen.logDet, seen.jacobianLogDet)).toBeLessThan(1e-9)
          expect(
            relativeError(
              seen.backLogDet,
              seen.logDet.map((v) => -v),
            ),
          ).toBeLessThan(1e-9)
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('parts that do not meet', () => {
  const loose = (b: Bijector<never, never, never>): Bijector => b as unknown as Bijector

  test('of different supports are refused, both named', () => {
    expect(() => pipe(loose(elementwise(tanh, 2) as never), andThen(loose(affine(2) as never)))).toThrow(
      'tanh → affine: tanh maps onto (-1, 1), but affine is defined on real. Put a bijector between them, or swap them.',
    )
  })

  test('of different shapes are refused, both named', () => {
    expect(() => pipe(affine(2), andThen(affine(3)))).toThrow(
      'affine → affine: affine gives points of shape [2], but affine takes shape [3]. Make them of one shape, or reshape between them.',
    )
  })

  test('are named by the layers that touch, inverted ones as such', () => {
    const positiveEnd = pipe(affine(2), andThen(elementwise(exp, 2)))
    expect(() => pipe(loose(positiveEnd as never), andThen(loose(invert(elementwise(tanh, 2)) as never)))).toThrow(
      'exp → invert(tanh): exp maps onto positive, but invert(tanh) is defined on (-1, 1).',
    )
  })

  test('in a list are refused too', () => {
    expect(() => chain([affine(2), affine(3)] as unknown as Bijector<Domain, Domain>[])).toThrow('affine → affine')
  })
})

describe('adapt', () => {
  /** Remembers the point it last saw. */
  const witness = define({
    spec: { kind: 'witness', options: null, parts: [] },
    domain: real(2),
    codomain: real(2),
    parameters: { seen: parameter(2, { kind: 'zeros' }, 'state') },
    forward: (_, x) => ({ value: x, logDet: constant(0) }),
    inverse: (_, z) => ({ value: z, logDet: constant(0) }),
    adapt: (_, x) => ({ seen: lanes.mean(x) }),
  })

  test('threads the point through the chain: each layer sees what the layers before it give', () => {
    const onward = pipe(witness, andThen(affine(2)), andThen(witness))
    const x: Example = constant([1, 2])
    const params = [
      { seen: constant([0, 0]) },
      { logScale: constant([0, 0]), shift: constant([5, 5]) },
      { seen: constant([0, 0]) },
    ]
    const adapted = onward.adapt!(params, x, {}) as readonly [{ seen: Example }, unknown, { seen: Example }]
    expect(adapted[0].seen).toBe(x)
    expect(adapted[1]).toBe(params[1])
    expect(Array.from(evaluate(adapted[2].seen).data)).toEqual([6, 7])
  })

  test('is left out where no layer has any', () => {
    expect(pipe(affine(2), andThen(affine(2))).adapt).toBeUndefined()
  })
})
