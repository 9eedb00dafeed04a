import {
  add,
  concat,
  div,
  type Example,
  evaluateAt,
  fromRows,
  grad,
  jacobian,
  lanes,
  log,
  mul,
  neg,
  slice,
  softplus,
  sub,
  take,
  zeros,
} from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rationalQuadraticSpline } from '../../src/bijectors/rationalQuadraticSpline.ts'
import { orderOf } from '../../src/combinators/autoregressive/order.ts'
import { autoregressive, autoregressiveKind } from '../../src/combinators/autoregressive.ts'
import { maskedMlp } from '../../src/conditioners/maskedMlp.ts'
import { rawParameters, type Transform } from '../../src/transform.ts'
import { logAbsDeterminant, matrixOf } from '../determinant.ts'
import { distance, largest, normalPoints, perLane } from '../draws.ts'
import { drawParameters } from '../parameters.ts'

/** y = softplus(a + 0.54…) x + b: the slope is 1 where a is 0. */
const scaleAndShift: Transform<'real'> = {
  spec: { kind: 'scaleAndShift', options: null, parts: [] },
  domain: 'real',
  codomain: 'real',
  parameterCount: 2,
  initialRaw: [Math.log(Math.expm1(1)), 0],
  forward: (raw, x) => {
    const slope = softplus(take(raw, -1, 0))
    return { value: add(mul(slope, x), take(raw, -1, 1)), logDerivative: log(slope) }
  },
  inverse: (raw, z) => {
    const slope = softplus(take(raw, -1, 0))
    return { value: div(sub(z, take(raw, -1, 1)), slope), logDerivative: neg(log(slope)) }
  },
}

const anyLayer = fc
  .record({
    dim: fc.integer({ min: 1, max: 6 }),
    hidden: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
    context: fc.integer({ min: 0, max: 2 }),
    spline: fc.boolean(),
    seed: fc.nat({ max: 1e6 }),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .chain((chosen) =>
    fc
      .shuffledSubarray(
        Array.from({ length: chosen.dim }, (_, i) => i),
        { minLength: chosen.dim },
      )
      .map((order) => ({ ...chosen, order, passes: 1 + Math.floor(chosen.cut * (chosen.dim - 1)) })),
  )
type Chosen = typeof anyLayer extends fc.Arbitrary<infer T> ? T : never

const LANES = 7
const build = ({ dim, hidden, context, spline, seed, order, passes }: Chosen) => {
  const options = {
    dim,
    transform: spline ? rationalQuadraticSpline({ bins: 4, tails: 3 }) : scaleAndShift,
    conditioner: maskedMlp(hidden, { context, activation: 'tanh' }),
    order,
    passes,
  }
  const layer = autoregressive(options)
  const inputs = {
    params: drawParameters(layer.parameters, seed, 0.7),
    x: normalPoints(seed + 1, LANES, [dim]),
    context: normalPoints(seed + 2, LANES, [context]),
  }
  return { layer, jacobi: autoregressive({ ...options, inverse: 'jacobi' }), options, inputs }
}

const checked = (property: (chosen: Chosen) => void, numRuns = 25): void => {
  fc.assert(fc.property(anyLayer, property), { numRuns })
}

test('each direction undoes the other, and their log-determinants cancel', () => {
  checked((chosen) => {
    const { layer, inputs } = build(chosen)
    const found = evaluateAt(({ params, x, context }) => {
      const z = layer.forward(params, x, { context })
      const back = layer.inverse(params, z.value, { context })
      const data = layer.inverse(params, x, { context })
      const again = layer.forward(params, data.value, { context })
      return {
        back: back.value,
        sum: add(z.logDet, back.logDet),
        again: again.value,
        other: add(data.logDet, again.logDet),
      }
    }, inputs)
    const size = 1 + largest(found.again.data)
    expect(distance(found.back.data, inputs.x.data)).toBeLessThan(1e-9)
    expect(distance(found.again.data, inputs.x.data)).toBeLessThan(1e-9 * size)
    expect(largest(found.sum.data)).toBeLessThan(1e-8)
    expect(largest(found.other.data)).toBeLessThan(1e-8)
  })
})

test('the Jacobian is triangular in the order given, with the log-determinant on its diagonal', () => {
  checked((chosen) => {
    const { layer, inputs } = build(chosen)
    const { dim, order, passes } = chosen
    const found = evaluateAt(
      ({ params, x, context }) => ({
        j: jacobian((at: Example) => layer.forward(params, at, { context }).value)(x),
        back: jacobian((at: Example) => layer.inverse(params, at, { context }).value)(x),
        logDet: layer.forward(params, x, { context }).logDet,
        logDetBack: layer.inverse(params, x, { context }).logDet,
      }),
      inputs,
    )
    const { ranks } = orderOf(dim, order, passes)
    for (let lane = 0; lane < LANES; lane++) {
      const [j, back] = [
        matrixOf(perLane(found.j, LANES), dim, LANES, lane),
        matrixOf(perLane(found.back, LANES), dim, LANES, lane),
      ]
      for (let row = 0; row < dim; row++)
        for (let column = 0; column < dim; column++)
          if (row !== column && ranks[column]! >= ranks[row]!)
            expect([j[row]![column]! ** 2, back[row]![column]! ** 2]).toEqual([0, 0])
      expect(Math.abs(perLane(found.logDet, LANES)[lane]! - logAbsDeterminant(j))).toBeLessThan(1e-9)
      expect(Math.abs(perLane(found.logDetBack, LANES)[lane]! - logAbsDeterminant(back))).toBeLessThan(1e-8)
    }
  })
})

test('each coordinate depends on every one before it where each hidden layer has a unit of every degree', () => {
  const dim = 4
  const layer = autoregressive({
    dim,
    transform: scaleAndShift,
    conditioner: maskedMlp([9, 9], { activation: 'tanh' }),
  })
  const found = evaluateAt(({ params, x }) => jacobian((at: Example) => layer.forward(params, at, {}).value)(x), {
    params: drawParameters(layer.parameters, 3),
    x: normalPoints(4, 1, [dim]),
  })
  const j = matrixOf(found.data, dim, 1, 0)
  for (let row = 0; row < dim; row++) for (let column = 0; column < row; column++) expect(j[row]![column]).not.toBe(0)
})

test('the incremental inverse, the Jacobi inverse and one full pass for each coordinate give the same bits', () => {
  checked((chosen) => {
    const { layer, jacobi, options, inputs } = build(chosen)
    const { ranks, sorted } = orderOf(chosen.dim, chosen.order, chosen.passes)
    const network = options.conditioner.masked(
      sorted.map((i) => ranks[i]!),
      options.transform.parameterCount,
    )
    // The definition: coordinate by coordinate, each from a pass over those found so far and zeros for the rest.
    const oneByOne = (params: typeof inputs.params, z: Example, context: Example): Example => {
      let known: Example = lanes.spread(zeros([0]))
      for (let i = 0; i < chosen.dim; i++) {
        const x = concat([known, lanes.spread(zeros([chosen.dim - i]))])
        const raw = rawParameters(
          options.transform as unknown as Transform,
          network.apply(params, x, context),
          chosen.dim,
        )
        const place = sorted[i]!
        const found = options.transform.inverse(slice(raw, 0, i, i + 1), slice(z, 0, place, place + 1))
        known = concat([known, found.value])
      }
      return concat(sorted.map((_, i) => slice(known, 0, sorted.indexOf(i), sorted.indexOf(i) + 1)))
    }
    const found = evaluateAt(
      ({ params, x, context }) => ({
        incremental: { ...layer.inverse(params, x, { context }) },
        jacobi: { ...jacobi.inverse(params, x, { context }) },
        oneByOne: oneByOne(params as never, x, context),
      }),
      inputs,
    )
    expect(found.incremental.value.data).toEqual(found.jacobi.value.data)
    expect(perLane(found.incremental.logDet, LANES)).toEqual(perLane(found.jacobi.logDet, LANES))
    expect(found.incremental.value.data).toEqual(found.oneByOne.data)
  })
})

describe('derivatives', () => {
  test('of both directions by the parameters are finite', () => {
    checked((chosen) => {
      const { layer, jacobi, inputs } = build(chosen)
      const found = evaluateAt(({ params, x, context }) => {
        const of = (way: (p: typeof params) => { readonly logDet: Example; readonly value: Example }) =>
          grad((p: typeof params) => {
            const { value, logDet } = way(p)
            return lanes.mean(add(logDet, take(value, 0, -1)))
          })(params)
        return {
          forward: of((p) => layer.forward(p, x, { context })),
          inverse: of((p) => layer.inverse(p, x, { context })),
          jacobi: of((p) => jacobi.inverse(p, x, { context })),
        }
      }, inputs)
      const all = JSON.stringify(found, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v))
      expect(all).not.toContain('null')
    }, 8)
  })
})

test('a layer starts as the identity, and one coordinate without context has no weights to learn but its own', () => {
  const layer = autoregressive({ dim: 1, transform: scaleAndShift, conditioner: maskedMlp([8]) })
  expect(layer.parameters.tree).toEqual([{ bias: { shape: [2], initial: { kind: 'zeros' }, role: 'trained' } }])
  const x = fromRows([1, -2.5, 40], 3, [1])
  const found = evaluateAt(({ params, x: at }) => ({ ...layer.forward(params, at, {}) }), {
    params: [{ bias: { data: new Float64Array(2), shape: [2] } }],
    x,
  })
  expect(distance(found.value.data, x.data)).toBeLessThan(1e-14)
  expect(largest(found.logDet.data)).toBeLessThan(1e-15)
})

test('its spec rebuilds it', () => {
  const layer = autoregressive({
    dim: 3,
    transform: rationalQuadraticSpline({ bins: 5 }),
    conditioner: maskedMlp([6], { context: 2 }),
    order: [2, 0, 1],
    passes: 2,
    inverse: 'jacobi',
  })
  const stored = JSON.parse(JSON.stringify(layer.spec)) as typeof layer.spec
  const again = autoregressiveKind.build(stored.options, [], {
    transform: () => rationalQuadraticSpline({ bins: 5 }) as unknown as Transform,
    bijector: () => expect.unreachable(),
    conditioner: () => expect.unreachable(),
  })
  expect(again.spec).toEqual(layer.spec)
  expect(again.parameters).toEqual(layer.parameters)
})

test.each([
  [{ order: [0, 0, 1] }, /its own place/],
  [{ order: [0, 1] }, /its own place/],
  [{ passes: 4 }, /from 1 to the 3/],
  [{ dim: 0 }, /at least 1/],
])('refuses %o', (wrong, message) => {
  const options = { dim: 3, transform: scaleAndShift, conditioner: maskedMlp([4]) }
  expect(() => autoregressive({ ...options, ...wrong })).toThrow(message)
})

test('names the context that it wants', () => {
  const layer = autoregressive({ dim: 2, transform: scaleAndShift, conditioner: maskedMlp([4], { context: 3 }) })
  expect(() =>
    evaluateAt(({ params, x }) => layer.forward(params, x, {}).value, {
      params: drawParameters(layer.parameters, 1),
      x: normalPoints(1, 2, [2]),
    }),
  ).toThrow(/context of shape \[3\], got none/)
})
