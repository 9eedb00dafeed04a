import { type Example, evaluateAt, fromRows, type HostArray, open } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bijector } from '../../src/bijector.ts'
import { affine } from '../../src/bijectors/affine.ts'
import { elementwise } from '../../src/bijectors/elementwise.ts'
import { softplus } from '../../src/bijectors/softplus.ts'
import { tanh } from '../../src/bijectors/tanh.ts'
import { invert } from '../../src/combinators/invert.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Flow, over } from '../../src/flow.ts'
import { diagnose } from '../../src/theory/diagnostics.ts'
import { fitOrThrow } from '../../src/train/fit.ts'
import { normals } from '../draws.ts'
import { logExponential } from './exactMaps.ts'

// What the theory says of any flow in one coordinate, where expectations are sums over a grid.

const STEP = 0.01
/** A grid that holds all of a normal but nothing: sums over it are expectations to rounding (trapezoidal rule). */
const expectation = (mean: number, deviation: number, f: (x: Float64Array) => ArrayLike<number>): number => {
  const z = Float64Array.from({ length: 2401 }, (_, i) => STEP * (i - 1200))
  const values = f(z.map((at) => mean + deviation * at))
  return z.reduce((sum, at, i) => sum + (STEP * Math.exp((-at * at) / 2) * values[i]!) / Math.sqrt(2 * Math.PI), 0)
}

type Params = { readonly bijector: unknown; readonly base: unknown }
/** log p and log|det J| at points of one coordinate. */
const at = (flow: Flow, params: Params, x: Float64Array) => {
  const run = evaluateAt as unknown as (
    f: (inputs: { readonly params: Params; readonly x: Example }) => unknown,
    inputs: unknown,
  ) => Readonly<Record<'logProb' | 'logDet', HostArray>>
  const found = run(
    ({ params: p, x: point }) => ({
      logProb: flow.logProb(p as never, point),
      logDet: flow.toLatent(p as never, point).logDet,
    }),
    { params, x: fromRows(x, x.length, [1]) },
  )
  const all = ({ data, lanes }: HostArray) => (lanes === undefined ? new Float64Array(x.length).fill(data[0]!) : data)
  return { logProb: all(found.logProb), logDet: all(found.logDet) }
}
const one = (x: number): HostArray => ({ data: Float64Array.of(x), shape: [1] })
const scaling = over(standardNormal(1))(affine(1)) as unknown as Flow
const whitening = (mean: number, deviation: number): Params => ({
  bijector: { shift: one(-mean / deviation), logScale: one(-Math.log(deviation)) },
  base: {},
})
const normalEntropy = (deviation: number): number => 0.5 * (1 + Math.log(2 * Math.PI)) + Math.log(deviation)
const numbers = fc.record({
  mean: fc.double({ min: -3, max: 3, noNaN: true }),
  deviation: fc.double({ min: 0.2, max: 5, noNaN: true }),
})

describe('the optimum of the mean log-likelihood', () => {
  test('is minus the entropy, which the exact flow reaches', () =>
    fc.assert(
      fc.property(numbers, ({ mean, deviation }) => {
        const reached = expectation(mean, deviation, (x) => at(scaling, whitening(mean, deviation), x).logProb)
        expect(Math.abs(reached + normalEntropy(deviation))).toBeLessThan(1e-9)
      }),
      { numRuns: 10 },
    ))

  test('is missed by any other flow by the Kullback-Leibler divergence, in closed form for normals', () =>
    fc.assert(
      fc.property(numbers, numbers, (truth, model) => {
        const params = whitening(model.mean, model.deviation)
        const reached = expectation(truth.mean, truth.deviation, (x) => at(scaling, params, x).logProb)
        const ratio = truth.deviation / model.deviation
        const shift = (truth.mean - model.mean) / model.deviation
        const divergence = 0.5 * (ratio ** 2 + shift ** 2 - 1) - Math.log(ratio)
        expect(Math.abs(reached + normalEntropy(truth.deviation) + divergence)).toBeLessThan(1e-8 * (1 + divergence))
      }),
      { numRuns: 10 },
    ))
})

describe('the mean log-determinant is h(f(X)) - h(X) for every f, exact or not', () => {
  const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  /** h(Y) from the density of Y = f(X), by the midpoint rule over y: knows nothing of log-determinants. */
  const entropyOf = (density: (y: number) => number, from: number, to: number): number => {
    const count = 200_000
    const step = (to - from) / count
    let total = 0
    for (let i = 0; i < count; i++) {
      const p = density(from + step * (i + 0.5))
      if (p > 0) total -= step * p * Math.log(p)
    }
    return total
  }
  // x = log(e^y - 1), dx/dy = 1 / (1 - e^-y)
  const ofSoftplus = entropyOf((y) => normalDensity(Math.log(Math.expm1(y))) / -Math.expm1(-y), 0, 9)
  const ofTanh = entropyOf((y) => normalDensity(Math.atanh(y)) / (1 - y * y), -1, 1)

  const logDets =
    (bijector: unknown) =>
    (x: Float64Array): ArrayLike<number> =>
      evaluateAt(({ x: point }) => (bijector as Bijector).forward({}, point, {}).logDet, {
        x: fromRows(x, x.length, [1]),
      }).data
  const softplusOf = (x: Float64Array): Float64Array => x.map((z) => Math.log1p(Math.exp(z)))

  test.each([
    ['softplus of a normal', logDets(elementwise(softplus, 1)), ofSoftplus - normalEntropy(1)],
    ['tanh of a normal', logDets(elementwise(tanh, 1)), ofTanh - normalEntropy(1)],
    [
      'the way back from softplus of a normal',
      (x: Float64Array) => logDets(invert(elementwise(softplus, 1)))(softplusOf(x)),
      normalEntropy(1) - ofSoftplus,
    ],
  ])('%s', (_, found, expected) => {
    expect(Math.abs(expectation(0, 1, found) - expected)).toBeLessThan(1e-6)
  })
})

describe('maximum likelihood pulls at the determinant only against the base', () => {
  test('a steeper linear map has a larger determinant and a lower likelihood', () => {
    const best = whitening(1, 2)
    const steeper: Params = { bijector: { shift: one(-0.55), logScale: one(-Math.log(2) + 0.1) }, base: {} }
    const mean = (params: Params, which: 'logProb' | 'logDet') =>
      expectation(1, 2, (x) => at(scaling, params, x)[which])
    expect(mean(steeper, 'logDet')).toBeGreaterThan(mean(best, 'logDet'))
    expect(mean(steeper, 'logProb')).toBeLessThan(mean(best, 'logProb'))
  })

  test('at the optimum with a free last scale and shift the base’s slopes balance, of any base; second moments are 1 over a normal alone', async () => {
    const { data: z } = normals(12, [500])
    const rows = { columns: ['x'], rows: 500, data: Float64Array.from(z, (x) => 3 + x + 0.3 * x * x) }
    const engine = await open('reference')
    const options = { epochs: 500, batchSize: 500, learningRate: 0.1, finalRate: 0.001, validation: 0, engine }
    const balanceOver = async (base: unknown) => {
      const flow = over(base as ReturnType<typeof standardNormal>)(affine(1)) as unknown as Flow
      const { params } = await fitOrThrow(flow, rows, options)
      const { balance, latent } = await diagnose(flow, params, rows, { engine })
      return [balance.shift[0]!.value, balance.scale[0]!.value, latent.secondMoment[0]!.value] as const
    }
    const [shift, scale, square] = await balanceOver(standardNormal(1))
    expect(Math.abs(shift)).toBeLessThan(1e-4)
    expect(Math.abs(scale - 1)).toBeLessThan(1e-4)
    expect(Math.abs(square - 1)).toBeLessThan(1e-4)
    const [otherShift, otherScale, otherSquare] = await balanceOver(logExponential)
    expect(Math.abs(otherShift)).toBeLessThan(1e-4)
    expect(Math.abs(otherScale - 1)).toBeLessThan(1e-4)
    expect(Math.abs(otherSquare - 1)).toBeGreaterThan(0.2)
    engine.dispose()
  })
})
