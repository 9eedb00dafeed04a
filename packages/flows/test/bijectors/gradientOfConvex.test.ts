import { type Example, evaluate, evaluateAt, fromRows, jacobian, jvp } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convexNetwork, largestCurvature } from '../../src/bijectors/convex/potential.ts'
import { gradientOfConvex, gradientOfConvexKind } from '../../src/bijectors/gradientOfConvex.ts'
import { largest, normals } from '../draws.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'
import { constantsOf, expectBounds } from './stretch.ts'

const seeds = fc.nat({ max: 1e6 })
const dims = fc.integer({ min: 1, max: 4 })
const networks = fc.constantFrom([5], [4, 3], [3, 3, 2])

test('both directions are inverse to each other with the log-determinant of the Jacobian, from near and far', () =>
  fc.assert(
    fc.property(dims, networks, seeds, fc.constantFrom(0.3, 3, 1e3), (d, hidden, seed, size) => {
      const layer = gradientOfConvex(d, { hidden })
      const { data } = normals(seed, [3, d], size)
      const rows = [0, 1, 2].map((i) => Array.from(data.slice(i * d, (i + 1) * d)))
      expectBijector(layer, drawParameters(layer.parameters, seed, 1.5) as never, rows, 1e-9)
    }),
    { numRuns: 15 },
  ))

test('its Jacobian is symmetric: it is a gradient', () =>
  fc.assert(
    fc.property(dims, networks, seeds, (d, hidden, seed) => {
      const layer = gradientOfConvex(d, { hidden })
      const lanes = 5
      const { data } = evaluateAt(
        (inputs) => {
          const { p, x } = inputs as unknown as { readonly p: never; readonly x: Example }
          return jacobian((at: Example) => layer.forward(p, at, {}).value)(x)
        },
        {
          p: drawParameters(layer.parameters, seed, 2),
          x: fromRows(normals(seed, [lanes * d]).data as Float64Array, lanes, [d]),
        } as never,
      )
      for (let i = 0; i < d; i++)
        for (let j = 0; j < i; j++)
          for (let lane = 0; lane < lanes; lane++)
            expect(Math.abs(data[(i * d + j) * lanes + lane]! - data[(j * d + i) * lanes + lane]!)).toBeLessThan(
              1e-13 * (1 + largest(data)),
            )
    }),
    { numRuns: 10 },
  ))

test('no point stretches more than the bounds say, both ways, and images stay in their boxes', () =>
  fc.assert(
    fc.property(dims, networks, seeds, fc.constantFrom(0.3, 2), (d, hidden, seed, deviation) => {
      const layer = gradientOfConvex(d, { hidden, minimum: 0.2 })
      const region = { lower: new Float64Array(d).fill(-2), upper: new Float64Array(d).fill(1) }
      expectBounds(layer as never, drawParameters(layer.parameters, seed, deviation), region, seed)
    }),
    { numRuns: 12 },
  ))

test('the curvature of one unit is known exactly, and its bound is no more than that', () => {
  // softplus(w · x) with weight s bends most at 0: s |w|² / 4.
  const network = { layers: [{ weight: [[3, 4]], bias: [0] }], out: [Math.log(Math.expm1(2))] }
  const params = constantsOf({
    layers: [{ weight: { data: network.layers[0]!.weight.flat(), shape: [1, 2] }, bias: { data: [0], shape: [1] } }],
    out: { data: network.out, shape: [1] },
  }) as never
  expect(evaluate(largestCurvature(params)).data[0]).toBeCloseTo((2 * 25) / 4, 8)
  const along = evaluateAt(
    ({ x, v }) => {
      const slope = (at: Example): Example => jvp((p: Example) => convexNetwork(params, p), at, v)[1]
      return jvp(slope, x, v)[1]
    },
    { x: fromRows([0, 0], 1, [2]), v: fromRows([0.6, 0.8], 1, [2]) },
  )
  expect(along.data[0]).toBeCloseTo((2 * 25) / 4, 10)
})

test('it starts near the identity', () => {
  const layer = gradientOfConvex(2)
  const params = drawParameters(layer.parameters, 1, 0.2, (path, { shape, initial }) => {
    const { value } = initial as { readonly value?: number }
    return path.endsWith('weight')
      ? undefined
      : { data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value ?? 0), shape }
  })
  const x = fromRows([1, -2, 0.5, 3], 2, [2])
  const z = evaluateAt(
    (inputs) => {
      const { p, x } = inputs as unknown as { readonly p: never; readonly x: Example }
      return layer.forward(p, x, {}).value
    },
    { p: params, x } as never,
  )
  z.data.forEach((v, e) => expect(Math.abs(v - x.data[e]!)).toBeLessThan(0.05))
})

test('refuses a minimum that is none, and its spec rebuilds it', () => {
  expect(() => gradientOfConvex(2, { minimum: 0 })).toThrow(/above 0 and below 1/)
  expect(() => gradientOfConvex(2, { hidden: [] })).toThrow(/one hidden layer/)
  const layer = gradientOfConvex(2, { hidden: [3, 4], minimum: 0.1 })
  expect(gradientOfConvexKind.build(layer.spec.options, [], undefined as never).spec).toEqual(layer.spec)
})
