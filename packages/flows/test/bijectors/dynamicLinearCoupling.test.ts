import {
  add,
  cast,
  type Example,
  evaluateAt,
  fromRows,
  gather,
  grad,
  type HostArray,
  jacobian,
  lanes,
  mul,
  slice,
  sub,
  sum,
  take,
  toRows,
} from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bijector } from '../../src/bijector.ts'
import { dynamicLinearCoupling, dynamicLinearCouplingKind } from '../../src/bijectors/dynamicLinearCoupling.ts'
import type { Conditioner } from '../../src/conditioner.ts'
import { mlp } from '../../src/conditioners/mlp.ts'
import { parameter } from '../../src/parameters.ts'
import { channelCeiling } from '../../src/theory/channelCeiling.ts'
import { distance, normals } from '../draws.ts'
import { right } from '../either.ts'
import { drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

const net = mlp([6], { activation: 'tanh' })
const parts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 })
const seeds = fc.nat({ max: 1e6 })
const at = (inputs: unknown) => inputs as { readonly p: never; readonly x: Example }

test('both directions are inverse to each other with the log-determinant of the Jacobian', () =>
  fc.assert(
    fc.property(parts, seeds, (sizes, seed) => {
      const layer = dynamicLinearCoupling({ parts: sizes, conditioner: net })
      const d = sizes.reduce((total, n) => total + n, 0)
      const { data } = normals(seed, [3, d])
      const rows = [0, 1, 2].map((i) => Array.from(data.slice(i * d, (i + 1) * d)))
      expectBijector(layer, drawParameters(layer.parameters, seed, 0.5) as never, rows, 1e-9)
    }),
    { numRuns: 15 },
  ))

test('positions share a matrix and do not meet within a part', () => {
  const layer = dynamicLinearCoupling({ parts: [2, 1], positions: 3, conditioner: net })
  const params = drawParameters(layer.parameters, 4, 0.5)
  const x = fromRows(normals(9, [9]).data as Float64Array, 1, [3, 3])
  const { z, j } = evaluateAt(
    (inputs) => {
      const { p, x } = at(inputs)
      const f = (y: Example): Example => layer.forward(p, y, {}).value
      return { z: f(x), j: jacobian(f)(x) }
    },
    { p: params, x } as never,
  ) as unknown as { readonly z: HostArray; readonly j: HostArray }
  // ∂z[i, n] / ∂x[j, m], i and j in one part: the same matrix for every n, and 0 for n ≠ m.
  const slope = (i: number, n: number, k: number, m: number): number => j.data[((i * 3 + n) * 3 + k) * 3 + m]!
  expect(z.shape).toEqual([3, 3])
  for (const [i, k] of [[0, 0], [0, 1], [1, 0], [1, 1], [2, 2]] as const) // biome-ignore format: places
    for (let n = 0; n < 3; n++)
      for (let m = 0; m < 3; m++) expect(slope(i, n, k, m)).toBeCloseTo(n === m ? slope(i, 0, k, 0) : 0, 12)
})

test('a part reads the parts before it, and nothing else beside itself', () => {
  const layer = dynamicLinearCoupling({ parts: [1, 2, 1], conditioner: net })
  const { data } = evaluateAt(
    (inputs) => {
      const { p, x } = at(inputs)
      return jacobian((y: Example) => layer.forward(p, y, {}).value)(x)
    },
    { p: drawParameters(layer.parameters, 3), x: fromRows(normals(1, [4]).data as Float64Array, 1, [4]) } as never,
  )
  const part = [0, 1, 1, 2]
  for (let i = 0; i < 4; i++) for (let k = 0; k < 4; k++) expect(data[i * 4 + k] !== 0).toBe(part[k]! <= part[i]!)
})

/** Free numbers for each data point, which is numbered by the first element of what the network is given. */
const table = (points: number): Conditioner => ({
  spec: { kind: 'table', options: { points }, parts: [] },
  network: (_inputs, outputs) => ({
    parameters: parameter([points, outputs], { kind: 'zeros' }),
    apply: (params, x) => gather(params as Example, cast(take(x, 0, 0), 'int')),
  }),
})

describe('where the matrix of a part depends on the other part alone', () => {
  const [points, size, positions] = [5, 3, 8]
  const layer = dynamicLinearCoupling({
    parts: [1, size],
    positions,
    bound: 50,
    conditioner: table(points),
  }) as unknown as Bijector
  const data = normals(11, [points, size * positions]).data
  // A part of channels that hang together, each point in its own way.
  const second = Array.from({ length: points }, (_, p) => {
    const own = Array.from(data.slice(p * size * positions, (p + 1) * size * positions))
    return own.map((v, e) => (1 + p) * v + (e >= positions ? 0.7 * own[e - positions]! : 0))
  })
  const x = fromRows(
    second.flatMap((own, p) => [...Array(positions).fill(p), ...own]),
    points,
    [1 + size, positions],
  )
  const ceiling = right(
    channelCeiling(
      second.map((own) => ({ data: Float64Array.from(own), shape: [size, positions] })),
      { weightsFrom: 'otherVariables' },
    ),
  )
  const logLikelihood = (params: never, at: Example): Example => {
    const { value, logDet } = layer.forward(params, at, {})
    const z = slice(value, 0, 1, 1 + size)
    return add(sub(logDet, mul(0.5, sum(mul(z, z)))), -0.5 * size * positions * Math.log(2 * Math.PI))
  }
  /** The packed L U of the matrix that whitens one point: the inverse Cholesky factor of its auto-correlation. */
  const whitening = (own: readonly number[]): readonly number[] => {
    const row = (i: number): readonly number[] => own.slice(i * positions, (i + 1) * positions)
    const correlation = (i: number, j: number): number =>
      row(i).reduce((total, v, n) => total + v * row(j)[n]!, 0) / positions
    // Gram and Schmidt on the rows: each row less its shadow on those before, made of length √N.
    const w: number[][] = []
    for (let i = 0; i < size; i++) {
      const mix = Array.from({ length: size }, (_, k) => Number(i === k))
      for (const before of w) {
        const shadow = before.reduce((total, c, k) => total + c * correlation(i, k), 0)
        before.forEach((c, k) => {
          mix[k]! -= shadow * c
        })
      }
      const variance = mix.reduce(
        (total, a, k) => total + mix.reduce((inner, b, l) => inner + a * b * correlation(k, l), 0),
        0,
      )
      w.push(mix.map((c) => c / Math.sqrt(variance)))
    }
    // W is lower triangular, W = L U with U its diagonal.
    const packed = w.flatMap((line, i) =>
      line.map((c, k) => {
        if (k > i) return 0
        if (k < i) return c / w[k]![k]!
        const s = Math.log(c)
        return s / (1 - Math.abs(s) / 50)
      }),
    )
    return [...packed, ...Array(size).fill(0)]
  }
  const best = { first: new Float64Array(2), table: Float64Array.from(second.flatMap(whitening)) }
  const paramsOf = (raw: Float64Array) => ({
    first: { data: best.first, shape: [2] },
    networks: [{ data: raw, shape: [points, size * size + size] }],
  })
  const evaluated = (raw: Float64Array): Float64Array =>
    toRows(
      evaluateAt((inputs) => logLikelihood(at(inputs).p, at(inputs).x), { p: paramsOf(raw), x } as never) as typeof x,
    )

  test('the best matrices reach the ceiling of each point', () =>
    expect(distance(evaluated(best.table), ceiling.perPoint)).toBeLessThan(1e-9))

  test('the mean there is the upper bound, which no other matrices exceed', () => {
    const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / points
    expect(mean(evaluated(best.table))).toBeCloseTo(ceiling.upperBound.value, 9)
    for (let seed = 0; seed < 20; seed++) {
      const noise = normals(seed, [best.table.length], 0.1).data
      // Without shifts, of which the ceiling knows nothing.
      const moved = best.table.map((v, e) => (e % (size * size + size) < size * size ? v + noise[e]! : v))
      evaluated(moved).forEach((value, p) => expect(value).toBeLessThan(ceiling.perPoint[p]!))
    }
  })

  test('the matrices there are a stationary point', () => {
    const { data: slopes } = evaluateAt(
      (inputs) => {
        const { p, x } = at(inputs)
        const mean = (q: Example): Example => lanes.mean(logLikelihood(q as never, x)) as Example
        return (grad(mean)(p) as unknown as { readonly networks: readonly [Example] }).networks[0]
      },
      { p: paramsOf(best.table), x } as never,
    )
    const own = size * size + size
    for (let e = 0; e < points * own; e++) if (e % own < size * size) expect(Math.abs(slopes[e]!)).toBeLessThan(1e-8)
  })
})

test('it is the identity at the start', () => {
  const layer = dynamicLinearCoupling({ parts: [2, 2], conditioner: net })
  const x = fromRows([1, -2, 0.5, 3], 1, [4])
  const params = drawParameters(layer.parameters, 1, 1, (_, { shape, initial }) =>
    (initial as { readonly kind: string }).kind === 'zeros'
      ? { data: new Float64Array(shape.reduce((a, b) => a * b, 1)), shape }
      : undefined,
  )
  const z = evaluateAt((inputs) => layer.forward(at(inputs).p, at(inputs).x, {}).value, { p: params, x } as never)
  expect(distance(z.data, x.data)).toBe(0)
})

test('refuses to be of one part, and its spec rebuilds it', () => {
  expect(() => dynamicLinearCoupling({ parts: [3], conditioner: net })).toThrow(/two parts at least/)
  expect(() => dynamicLinearCoupling({ parts: [1, 0], conditioner: net })).toThrow(/at least 1/)
  const layer = dynamicLinearCoupling({ parts: [1, 2], positions: 4, bound: 2, conditioner: net })
  const rebuilding = { conditioner: () => net } as never
  const json = JSON.parse(JSON.stringify(layer.spec.options))
  expect(dynamicLinearCouplingKind.build(json, [], rebuilding).spec).toEqual(layer.spec)
})
