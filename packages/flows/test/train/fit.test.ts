import { add, constant, type HostArray, log, mul, openReference, sqrt, sub, type Tensor } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { assemble, define } from '../../src/bijector.ts'
import { actNorm } from '../../src/bijectors/actNorm.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Real, real } from '../../src/domain.ts'
import { type Flow, over } from '../../src/flow.ts'
import { parameter } from '../../src/parameters.ts'
import { linearCeiling } from '../../src/theory/linearCeiling.ts'
import type { Checkpoint } from '../../src/train/checkpoint.ts'
import { explainFit } from '../../src/train/error.ts'
import type { FitEvent } from '../../src/train/event.ts'
import { fit, fitOrThrow } from '../../src/train/fit.ts'
import { logDensities } from '../../src/train/score.ts'
import { left, right } from '../either.ts'
import { affineFlow } from './affineFlow.ts'
import { normalTable } from './table.ts'

const data = normalTable(240, [2, -1], [0.5, 3])
/** For what holds to the digits of float64; everything else runs where a fit runs by default. */
const engine = openReference()
const mean = (xs: Float64Array): number => xs.reduce((a, b) => a + b, 0) / xs.length
/** Small and quick; 4 steps in each of 6 epochs. */
const short = { epochs: 6, batchSize: 60, learningRate: 0.05, validation: 0.1, seed: 3 } as const
const stateOf = (params: unknown, name: string): number =>
  (params as { bijector: Record<string, HostArray> }).bijector[name]!.data[0]!
const bits = ({ seconds: _, ...rest }: { readonly seconds: number }) => rest

describe('fit', () => {
  test('reaches the closed-form optimum of a Gaussian on full batches', async () => {
    const optimum = right(linearCeiling(data)).original.independent.value
    const outcome = await fitOrThrow(affineFlow(2), data, {
      epochs: 400,
      batchSize: 240,
      learningRate: 0.1,
      finalRate: 0.001,
      validation: 0,
      engine,
    })
    const reached = mean(await logDensities(affineFlow(2), outcome.params, data, { engine }))
    expect(reached).toBeLessThanOrEqual(optimum + 1e-12)
    expect(optimum - reached).toBeLessThan(1e-6)
    expect(outcome.validationLogLikelihood).toBeUndefined()
  })

  test('the same seed gives the same result to the bit, another seed another', async () => {
    const [a, b] = [await fitOrThrow(affineFlow(2), data, short), await fitOrThrow(affineFlow(2), data, short)]
    expect(bits(a)).toEqual(bits(b))
    const c = await fitOrThrow(affineFlow(2), data, { ...short, seed: 4 })
    expect(c.params).not.toEqual(a.params)
  })

  test.each([{}, { average: 0.9 }])(
    'resumed from any epoch, it gives the same bits as if it had never stopped %j',
    async (more) => {
      const checkpoints: Checkpoint[] = []
      const options = { ...short, ...more }
      const whole = await fitOrThrow(affineFlow(2), data, { ...options, checkpoint: (c) => void checkpoints.push(c) })
      expect(checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6])
      for (const resumeFrom of [checkpoints[0]!, checkpoints[3]!, checkpoints[5]!])
        expect(bits(await fitOrThrow(affineFlow(2), data, { ...options, resumeFrom }))).toEqual(bits(whole))
    },
  )

  test('aborted in the middle of an epoch, it hands over a checkpoint that continues to the same bits', async () => {
    const whole = await fitOrThrow(affineFlow(2), data, short)
    const control = new AbortController()
    let kept: Checkpoint | undefined
    const error = left(
      await fit(affineFlow(2), data, {
        ...short,
        signal: control.signal,
        checkpointEvery: 100,
        checkpoint: (c) => {
          kept = c
        },
        onEvent: (e) => {
          if (e._tag === 'Step' && e.step === 10) control.abort()
        },
      })(),
    )
    expect(error).toMatchObject({ _tag: 'Aborted', epoch: 2, step: 10 })
    expect(kept).toMatchObject({ epoch: 2, batch: 2, step: 10 })
    expect(error._tag === 'Aborted' && error.checkpoint).toBe(kept)
    expect(bits(await fitOrThrow(affineFlow(2), data, { ...short, resumeFrom: kept! }))).toEqual(bits(whole))
  })

  test('on another engine it goes on too, says so first, and ends where it would have but for rounding', async () => {
    const kept: Checkpoint[] = []
    const checkpoint = (c: Checkpoint): void => void kept.push(c)
    const whole = await fitOrThrow(affineFlow(2), data, { ...short, checkpoint })
    expect(kept[2]!.identity.engine).toBe('wasm float32')
    const events: FitEvent[] = []
    const options = { ...short, engine, checkpoint, onEvent: (e: FitEvent) => void events.push(e) }
    const moved = await fitOrThrow(affineFlow(2), data, { ...options, resumeFrom: kept[2]! })
    expect(events[0]).toMatchObject({ _tag: 'OtherEngine', before: 'wasm float32', now: 'reference float64' })
    expect(events.filter(({ _tag }) => _tag === 'OtherEngine')).toHaveLength(1)
    expect(kept.at(-1)!.identity.engine).toBe('reference float64')
    expect(bits(moved)).not.toEqual(bits(whole))
    expect(Math.abs(moved.validationLogLikelihood! - whole.validationLogLikelihood!)).toBeLessThan(1e-5)
    // A checkpoint of the engine it goes on with needs no word.
    events.length = 0
    await fitOrThrow(affineFlow(2), data, { ...options, resumeFrom: kept.at(-1)! })
    expect(events.map(({ _tag }) => _tag)).not.toContain('OtherEngine')
  })

  test('a checkpoint of another training is refused, naming what differs', async () => {
    let kept: Checkpoint | undefined
    const keep = {
      checkpoint: (c: Checkpoint) => {
        kept = c
      },
    }
    await fitOrThrow(affineFlow(2), data, { ...short, epochs: 1, ...keep })
    const error = left(await fit(affineFlow(2), data, { ...short, epochs: 2, resumeFrom: kept! })())
    expect(error).toMatchObject({ _tag: 'OtherTraining', what: 'settings' })
    const other = normalTable(240, [2, -1], [0.5, 3], 6)
    const moved = left(await fit(affineFlow(2), other, { ...short, epochs: 1, resumeFrom: kept! })())
    expect(moved).toMatchObject({ _tag: 'OtherTraining', what: 'training data' })
  })

  test('stops when the validation gains no more and restores the best parameters', async () => {
    // Held-out rows that lie where the untrained flow is: every step away from it makes them less likely.
    const validation = normalTable(50, [0, 0], [1, 1], 8)
    const outcome = await fitOrThrow(affineFlow(2), data, { ...short, epochs: 50, validation, patience: 4, engine })
    expect(outcome.reason).toBe('noImprovement')
    expect(outcome.epochs).toBe(outcome.bestEpoch + 5)
    expect(outcome.validationLogLikelihood).toBe(Math.max(...outcome.history.map((h) => h.validation!)))
    const again = mean(await logDensities(affineFlow(2), outcome.params, validation, { engine }))
    expect(Math.abs(again - outcome.validationLogLikelihood!)).toBeLessThan(1e-12)
  })

  test('a warm start begins where it is told', async () => {
    const found = await fitOrThrow(affineFlow(2), data, {
      epochs: 150,
      batchSize: 240,
      learningRate: 0.1,
      validation: 0,
      engine,
    })
    const again = await fitOrThrow(affineFlow(2), data, {
      ...short,
      epochs: 1,
      batchSize: 240,
      validation: 0,
      initial: found.params,
      engine,
    })
    const there = mean(await logDensities(affineFlow(2), found.params, data, { engine }))
    expect(Math.abs(again.trainingLogLikelihood - there)).toBeLessThan(1e-12)
  })

  test('initial parameters of another shape throw', async () => {
    const { params } = await fitOrThrow(affineFlow(1), normalTable(20, [0], [1]), { epochs: 1 })
    await expect(fitOrThrow(affineFlow(2), data, { initial: params })).rejects.toThrow(/bijector.shift has shape \[1\]/)
  })

  test('tells of its start, every step, every epoch and its end, in this order', async () => {
    const events: FitEvent[] = []
    await fitOrThrow(affineFlow(2), data, { ...short, epochs: 2, onEvent: (e) => events.push(e) })
    const epoch = ['Step', 'Step', 'Step', 'Step', 'Epoch']
    expect(events.map(({ _tag }) => _tag)).toEqual(['Started', ...epoch, ...epoch, 'Finished'])
    expect(events[0]).toMatchObject({ rows: 216, validationRows: 24, parameters: 4, stepsPerEpoch: 4 })
  })

  test('with an average, the averaged parameters are validated and returned', async () => {
    const options = { ...short, epochs: 3, average: 0.99 }
    let last: Checkpoint | undefined
    const outcome = await fitOrThrow(affineFlow(2), data, {
      ...options,
      checkpoint: (c) => {
        last = c
      },
    })
    const shift = (outcome.params as { bijector: { shift: HostArray } }).bijector.shift
    expect(shift).toEqual(last!.best!.values.trained['bijector.shift'])
    expect(shift).not.toEqual(last!.values.trained['bijector.shift'])
  })

  test('a checkpoint that cannot be kept ends the training with its reason', async () => {
    const checkpoint = () => Promise.reject(new Error('the disk is full'))
    expect(left(await fit(affineFlow(2), data, { ...short, checkpoint })())).toEqual({
      _tag: 'CheckpointFailed',
      epoch: 1,
      detail: 'the disk is full',
    })
  })

  test('a flow without trained parameters is measured', async () => {
    const still = over(standardNormal(2))(
      define({
        spec: { kind: 'testStill', options: null, parts: [] },
        domain: real(2),
        codomain: real(2),
        parameters: {},
        forward: (_, x) => ({ value: x, logDet: mul(0, sub(0, 0)) }),
        inverse: (_, z) => ({ value: z, logDet: mul(0, sub(0, 0)) }),
      }),
    ) as Flow
    const outcome = await fitOrThrow(still, data, { validation: 0 })
    const expected = mean(await logDensities(still, outcome.params, data))
    expect(outcome).toMatchObject({ reason: 'nothingToTrain', steps: 0, trainingLogLikelihood: expected })
  })
})

describe('adaptation', () => {
  test('a layer that starts from data does so once, before the first step', async () => {
    const flow = over(standardNormal(2))(actNorm(2)) as Flow
    const once = { epochs: 1, batchSize: 240, validation: 0, learningRate: 1e-9, engine }
    const outcome = await fitOrThrow(flow, data, once)
    // Standardised by its own moments, a table scores what the best independent Gaussian does.
    expect(outcome.trainingLogLikelihood).toBeCloseTo(right(linearCeiling(data)).original.independent.value, 9)
    expect(stateOf(outcome.params, 'ready')).toBe(1)
  })

  test('a warm start is not adapted again', async () => {
    const flow = over(standardNormal(2))(actNorm(2)) as Flow
    const { params } = await fitOrThrow(flow, data, { ...short, validation: 0 })
    const other = normalTable(240, [50, 50], [9, 9])
    const once = { epochs: 1, batchSize: 240, validation: 0, initial: params, engine }
    const again = await fitOrThrow(flow, other, once)
    expect(again.trainingLogLikelihood).toBeCloseTo(mean(await logDensities(flow, params, other, { engine })), 6)
  })

  test('a running state moves with every batch', async () => {
    const counting = over(standardNormal(2))(
      assemble<{ readonly shift: Tensor; readonly seen: Tensor }, Real, Real>({
        spec: { kind: 'testCounting', options: null, parts: [] },
        domain: real(2),
        codomain: real(2),
        parameters: { shift: parameter(2, { kind: 'zeros' }), seen: parameter([], { kind: 'zeros' }, 'state') },
        forward: ({ shift }, x) => ({ value: sub(x, shift), logDet: constant(0) }),
        inverse: ({ shift }, z) => ({ value: add(z, shift), logDet: constant(0) }),
        adapt: ({ shift, seen }) => ({ shift, seen: add(seen, 1) }),
      }),
    ) as Flow
    const outcome = await fitOrThrow(counting, data, { ...short, validation: 0 })
    expect(outcome.bestEpoch).toBe(5)
    expect(stateOf(outcome.params, 'seen')).toBe(1 + outcome.steps)
  })
})

describe('divergence', () => {
  const scalarFlow = (initial: number, forward: (p: never, x: never) => never): Flow =>
    over(standardNormal(1))(
      define({
        spec: { kind: 'testBroken', options: null, parts: [] },
        domain: real(1),
        codomain: real(1),
        parameters: { scale: parameter([], { kind: 'constant', value: initial }) },
        forward: ({ scale }, x) => ({ value: forward(scale as never, x as never), logDet: mul(0, scale) }),
        inverse: (_, z) => ({ value: z, logDet: mul(0, sub(0, 0)) }),
      }),
    ) as Flow
  const table = { columns: ['x'], rows: 4, data: Float64Array.of(1, 2, -3, 4) }

  test('names the step and the row without a finite density', async () => {
    const flow = scalarFlow(1, ((s: never, x: never) => mul(s, log(x))) as never)
    const error = left(await fit(flow, table, { validation: 0 })())
    expect(error).toMatchObject({ _tag: 'Diverged', step: 0, tensor: 'log-likelihood', row: 2 })
    expect(explainFit(error)).toContain('row 2')
  })

  test('names the parameter whose gradient is not finite', async () => {
    const flow = scalarFlow(0, ((s: never, x: never) => add(sqrt(s), x)) as never)
    const error = left(await fit(flow, table, { validation: 0 })())
    expect(error).toMatchObject({ _tag: 'Diverged', step: 0, tensor: 'gradient of bijector.scale', row: undefined })
  })
})

describe('bad data', () => {
  const flow = affineFlow(2)
  const table = (columns: readonly string[], data: readonly number[]) => ({
    columns,
    rows: data.length / columns.length,
    data: Float64Array.from(data),
  })

  test('a NaN is named by its row and column', async () => {
    const error = left(await fit(flow, table(['a', 'b'], [1, 2, 3, Number.NaN, 5, 6]))())
    expect(error).toEqual({ _tag: 'BadCell', part: 'training', row: 1, column: 'b', value: Number.NaN })
    expect(explainFit(error)).toContain('row 1, column "b"')
  })

  test('no rows and a wrong number of columns are values too', async () => {
    expect(left(await fit(flow, table(['a', 'b'], []))())).toEqual({ _tag: 'NoRows', part: 'training' })
    expect(left(await fit(flow, table(['a'], [1, 2]))())).toMatchObject({ _tag: 'WrongWidth', expected: 2 })
    const error = left(await fit(flow, data, { validation: table(['a'], [1]) })())
    expect(error).toMatchObject({ _tag: 'WrongWidth', part: 'validation' })
  })

  test('fitOrThrow throws the same sentence', async () => {
    await expect(fitOrThrow(flow, table(['a', 'b'], []))).rejects.toThrow('The training data have no rows')
  })

  test('an option outside its range throws before anything runs', () => {
    expect(() => fit(flow, data, { epochs: 0 })).toThrow(/epochs is a whole number from 1, got 0/)
    expect(() => fit(flow, data, { learningRate: -1 })).toThrow(/learningRate/)
  })

  test('a single row trains without validation', async () => {
    const outcome = await fit(flow, table(['a', 'b'], [1, 2]), { epochs: 2 })()
    expect(E.isRight(outcome)).toBe(true)
  })
})
