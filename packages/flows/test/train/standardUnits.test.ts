import {
  add,
  constant,
  type Engine,
  type HostArray,
  lanes,
  open,
  openReference,
  random,
  sub,
  type Tensor,
} from '@diffeo/autodiff'
import { moments, table } from '@diffeo/data'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assemble } from '../../src/bijector.ts'
import { actNorm } from '../../src/bijectors/actNorm.ts'
import {
  type Arrays,
  andThen,
  chain,
  diagnose,
  draw,
  type Flow,
  fitOrThrow,
  logDensities,
  neuralSplineFlow,
  over,
  overRows,
  parameter,
  type Real,
  real,
  standardise,
  standardNormal,
} from '../../src/index.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { placeholders } from '../../src/train/arrays.ts'
import { afters, allowedIn32, farProblem, type Problem } from './far.ts'
import { normalTable } from './table.ts'

let single: Engine
beforeAll(async () => {
  single = await open('wasm', { threads: 1 })
})
afterAll(() => single.dispose())
const double = openReference()

/** Log-densities as the whole flow has them, nothing done outside the engine. */
const plainly = async ({ flow, params, rows }: Problem, engine: Engine): Promise<Float64Array> =>
  (await overRows((p, x) => [flow.logProb(p, x)], flow, params, rows, { engine }))[0]!

const cases = fc.record({
  after: fc.constantFrom(...afters),
  seed: fc.nat(2 ** 20),
  offset: fc.oneof(fc.constant(1e8), fc.double({ min: -1e8, max: 1e8, noNaN: true })),
})
const everyCase = (holds: (far: Problem, standard: Problem) => Promise<void>, numRuns = 8): Promise<void> =>
  fc.assert(
    fc.asyncProperty(cases, ({ after, seed, offset }) => {
      const { far, standard } = farProblem(after, seed, offset)
      return holds(far, standard)
    }),
    { numRuns },
  )
const within = (found: Float64Array, expected: Float64Array, allowed: Float64Array): void => {
  expect(found.length).toBe(expected.length)
  found.forEach((x, i) => expect(Math.abs(x - expected[i]!), `number ${i}`).toBeLessThanOrEqual(allowed[i]!))
}

describe('columns far from 0, in float32', () => {
  test('score as in float64, to what float32 does to the rows in standard units', () =>
    everyCase(async (far, { flow, params, rows }) => {
      const allowed = await allowedIn32((engine) => logDensities(flow, params, rows, { engine }))
      const found = await logDensities(far.flow, far.params, far.rows, { engine: single })
      within(found, await plainly(far, double), allowed)
    }))

  test('would score wrong by many times that, were it all left to the engine', async () => {
    const { far, standard } = farProblem('spline', 1, 1e8)
    const allowed = await allowedIn32((engine) => plainly(standard, engine))
    const [found, expected] = [await plainly(far, single), await plainly(far, double)]
    expect(Math.max(...found.map((x, i) => Math.abs(x - expected[i]!)))).toBeGreaterThan(100 * Math.max(...allowed))
  })

  test('are drawn with all their digits, and with their densities', () =>
    everyCase(async (far, { flow, params }) => {
      const seed = 3
      const count = 100
      const drawn = async (engine: Engine): Promise<Float64Array> => {
        const { data, logDensities: own } = await draw(flow, params, { count, seed, engine })
        // In the units of the second column, which are the wider ones.
        return Float64Array.of(...data.map((x) => 1.25 * x), ...own)
      }
      const allowed = await allowedIn32(drawn)
      const program = await double.compile((at: never) => {
        const key = random.foldIn(random.foldIn(random.key(seed), 3), lanes.index())
        return far.flow.sampleAndLogProb(at, key) as never
      }, placeholders(far.params) as never)
      const out = (await program.run(far.params, { lanes: { count } })) as never as Record<string, never>
      const [value, logProb] = [await double.read(out.value!), await double.read(out.logProb!)]
      const rows = Array.from({ length: 2 * count }, (_, i) => value.data[(i % 2) * count + Math.floor(i / 2)]!)
      const found = await draw(far.flow, far.params, { count, seed, engine: single })
      within(Float64Array.of(...found.data, ...found.logDensities), Float64Array.of(...rows, ...logProb.data), allowed)
    }, 6))

  test('come back from where they were sent to, and are judged as in float64', () =>
    everyCase(async (far, standard) => {
      const judged = async ({ flow, params, rows }: Problem, engine: Engine): Promise<Float64Array> => {
        const { logLikelihood, latent, volume, roundTrip } = await diagnose(flow, params, rows, { engine })
        const estimates = [logLikelihood, volume.logDet, volume.crossEntropy, ...latent.mean, ...latent.secondMoment]
        return Float64Array.of(...estimates.map(({ value }) => value), roundTrip.relative)
      }
      const allowed = await allowedIn32((engine) => judged(standard, engine))
      const found = await judged(far, single)
      const [density, logDet, z] = (await overRows(
        (p, x) => {
          const to = far.flow.toLatent(p, x)
          return [far.flow.logProb(p, x), to.logDet, to.value]
        },
        far.flow,
        far.params,
        far.rows,
        { engine: double },
      )) as [Float64Array, Float64Array, Float64Array]
      const mean = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => a + b, 0) / xs.length
      const column = (j: number) => z.filter((_, i) => i % 2 === j)
      const columns = [column(0), column(1)]
      const expected = [
        mean(density),
        mean(logDet),
        mean(logDet) - mean(density),
        ...columns.map(mean),
        ...columns.map((xs) => mean(xs.map((x) => x * x))),
        0,
      ]
      // A mean of exact numbers may be off by rounding in float64, at most.
      within(
        found,
        Float64Array.from(expected),
        allowed.map((x) => x + 1e-12),
      )
    }, 6))
})

describe('a flow that does not begin by standardising', () => {
  test('scores as the engine does by itself, to the bit', async () => {
    const flow = over(standardNormal(2))(chain([actNorm(2), standardise(2)] as never)) as unknown as Flow
    const params = drawParameters(flow.parameters, 4, 0.5) as Arrays
    const problem = { flow, params, rows: normalTable(50, [3, -2], [1, 4]) }
    expect(await logDensities(flow, params, problem.rows, { engine: single })).toEqual(await plainly(problem, single))
  })
})

describe('a training', () => {
  /** Dates in seconds that differ by a few minutes, beside a small number: float32 holds the first to 128 seconds. */
  const dates = table({
    columns: ['when', 'what'],
    data: Float64Array.from({ length: 800 }, (_, i) => (i % 2 ? 1e-3 * Math.cos(0.7 * i) : 1.7e9 + 100 * Math.sin(i))),
  })
  const { mean, standardDeviation } = moments(dates)
  const meanIn = (params: Arrays): readonly number[] =>
    Array.from((params as never as { bijector: { mean: HostArray }[] }).bijector[0]!.mean.data)

  test('of a column far from 0 learns in float32 what it does in float64', async () => {
    const flow = neuralSplineFlow({ dim: 2, layers: 2, hidden: [8], bins: 4, standardise: { mean, standardDeviation } })
    const trained = async (engine: Engine) => {
      const options = { epochs: 8, learningRate: 1e-2, engine }
      const { params, validationLogLikelihood } = await fitOrThrow(flow, dates, options)
      // Moments come back as they went in, to the last digit.
      expect(meanIn(params)).toEqual(Array.from(mean))
      const densities = await logDensities(flow, params, dates, { engine: double })
      return { validationLogLikelihood, mean: densities.reduce((a, b) => a + b, 0) / dates.rows }
    }
    const [in32, in64] = [await trained(single), await trained(double)]
    // Eight epochs part a little by rounding alone; the digits that float32 loses at 1.7e9 would cost whole nats.
    expect(Math.abs(in32.mean - in64.mean)).toBeLessThan(0.02)
    expect(Math.abs(in32.validationLogLikelihood! - in64.validationLogLikelihood!)).toBeLessThan(0.02)
  })

  test('keeps the digits of the moments where another state moves with every batch', async () => {
    const counting = assemble<{ readonly shift: Tensor; readonly seen: Tensor }, Real, Real>({
      spec: { kind: 'testCounting', options: null, parts: [] },
      domain: real(2),
      codomain: real(2),
      parameters: { shift: parameter(2, { kind: 'zeros' }), seen: parameter([], { kind: 'zeros' }, 'state') },
      forward: ({ shift }, x) => ({ value: sub(x, shift), logDet: constant(0) }),
      inverse: ({ shift }, z) => ({ value: add(z, shift), logDet: constant(0) }),
      adapt: ({ shift, seen }) => ({ shift, seen: add(seen, 1) }),
    })
    const flow = over(standardNormal(2))(
      andThen(counting)(standardise(2, { mean, standardDeviation })) as never,
    ) as unknown as Flow
    const options = { epochs: 2, batchSize: 90, validation: 0, engine: single }
    const { params, steps, trainingLogLikelihood } = await fitOrThrow(flow, dates, options)
    expect(meanIn(params)).toEqual(Array.from(mean))
    const [, { seen }] = (params as never as { bijector: [unknown, { seen: HostArray }] }).bijector
    expect(seen.data[0]).toBe(1 + steps)
    // What the standardised rows score, in units of the data; the shift hardly moves in two epochs.
    const standard = -Math.log(2 * Math.PI) - 1 - Math.log(standardDeviation[0]! * standardDeviation[1]!)
    expect(Math.abs(trainingLogLikelihood - standard)).toBeLessThan(0.01)
  })
})
