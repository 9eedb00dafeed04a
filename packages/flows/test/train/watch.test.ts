import { type Example, evaluateAt, fromRows, type HostArray, jacobian, lanes, random } from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import { checkpointFromFiles, checkpointToFiles } from '../../src/export/checkpoint.ts'
import {
  affineTransform,
  alternating,
  chain,
  coupling,
  explainFit,
  type Flow,
  fit,
  mlp,
  over,
  standardNormal,
} from '../../src/index.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { singularValues } from '../../src/theory/singularValues.ts'
import type { Checkpoint } from '../../src/train/checkpoint.ts'
import type { FitEvent } from '../../src/train/event.ts'
import { stretchPenalty } from '../../src/train/penalty.ts'
import { normals } from '../draws.ts'
import { left, right } from '../either.ts'

/** Affine couplings whose log-scales hardly anything bounds. */
const loose = (layers: number, bound = 60): Flow =>
  over(standardNormal(2))(
    chain(
      Array.from({ length: layers }, (_, i) =>
        coupling({ mask: alternating(2, i), transform: affineTransform({ bound }), conditioner: mlp([16]) }),
      ),
    ),
  ) as unknown as Flow

/** A line, nearly: the likelihood grows without end along the way to it. */
const { data: z } = normals(3, [800])
const line = {
  columns: ['a', 'b'],
  rows: 400,
  data: Float64Array.from(z, (x, e) => (e % 2 === 0 ? x : z[e - 1]! + 1e-4 * x)),
}

const growing = {
  epochs: 30,
  batchSize: 100,
  learningRate: 0.05,
  clip: 1e6,
  warmup: 0,
  validation: 0,
  seed: 1,
} as const
/** At this rate a number is soon not finite any more. */
const diverging = { ...growing, learningRate: 0.3 } as const
const LIMIT = 50

const watched = async (action: 'warn' | 'damp' | 'stop', options: typeof growing | typeof diverging = growing) => {
  const events: FitEvent[] = []
  const outcome = await fit(loose(4), line, {
    ...options,
    watch: { action, stretch: LIMIT, rows: action === 'damp' ? line.rows : 32 },
    onEvent: (e) => events.push(e),
  })()
  return { outcome, unstable: events.filter((e) => e._tag === 'Unstable') }
}

/** The largest stretch both ways at all rows of the line, in float64. */
const stretchOf = (flow: Flow, params: unknown): number => {
  const { data } = (evaluateAt as unknown as (f: unknown, inputs: unknown) => HostArray)(
    ({ p, x }: { readonly p: never; readonly x: Example }) => jacobian((v: Example) => flow.toLatent(p, v).value)(x),
    { p: params, x: fromRows(line.data, line.rows, [2]) },
  )
  return Array.from({ length: line.rows }, (_, lane) => {
    const [most, least] = singularValues(
      Float64Array.from({ length: 4 }, (_, e) => data[e * line.rows + lane]!),
      2,
    ) as unknown as readonly [number, number]
    return Math.max(most, 1 / least)
  }).reduce((a, b) => Math.max(a, b))
}

describe('a flow that is built to diverge', () => {
  test('is warned about, with how far it stretches, and goes on to the same bits', async () => {
    const { outcome, unstable } = await watched('warn')
    expect(unstable.length).toBeGreaterThan(0)
    expect(unstable[0]).toMatchObject({ outcome: 'warned', limit: LIMIT, damping: 1 })
    expect(Math.max(unstable[0]!.forward, unstable[0]!.inverse)).toBeGreaterThan(LIMIT)
    expect(right(outcome).params).toEqual(right(await fit(loose(4), line, growing)()).params)
  })

  test.each([
    ['stretches too far', growing],
    ['does not stay finite', diverging],
  ] as const)(
    'is damped where it %s: it reaches its end, and stretches no further than allowed',
    async (_, options) => {
      if (options === diverging) expect(left(await fit(loose(4), line, diverging)())._tag).toBe('Diverged')
      const { outcome, unstable } = await watched('damp', options)
      expect(unstable.length).toBeGreaterThan(0)
      expect(unstable.every((e) => e.outcome === 'damped')).toBe(true)
      expect(unstable.map((e) => e.damping)).toEqual(unstable.map((_, i) => 2 ** -(i + 1)))
      const { params, epochs, trainingLogLikelihood } = right(outcome)
      expect(epochs).toBe(30)
      // The watch looks at some rows, so others may lie beyond.
      expect(stretchOf(loose(4), params)).toBeLessThan(4 * LIMIT)
      // It has learnt: two independent columns would be at log 2πe below 0.
      expect(trainingLogLikelihood).toBeGreaterThan(-(1 + Math.log(2 * Math.PI)) + 0.5)
    },
  )

  test('is damped where it loses held-out rows that the watch does not look at', async () => {
    const far = { columns: line.columns, rows: 1, data: Float64Array.of(30, -30) }
    const options = { ...growing, validation: far } as const
    expect(left(await fit(loose(4, 1000), line, options)())).toMatchObject({
      _tag: 'Diverged',
      tensor: 'validation log-likelihood',
    })
    const outcomes: string[] = []
    const outcome = await fit(loose(4, 1000), line, {
      ...options,
      watch: { action: 'damp', stretch: 1e6 },
      onEvent: (e) => {
        if (e._tag === 'Unstable') outcomes.push(e.outcome)
      },
    })()
    expect(outcomes).toContain('damped')
    expect(right(outcome).epochs).toBe(30)
    expect(right(outcome).validationLogLikelihood).toBeGreaterThan(-Infinity)
  })

  test('is stopped, with one sentence that says what stretches, and the best parameters before', async () => {
    const { outcome, unstable } = await watched('stop')
    const error = left(outcome)
    expect(error).toMatchObject({ _tag: 'Unstable', limit: LIMIT })
    expect(error._tag === 'Unstable' && error.best !== undefined).toBe(true)
    expect(unstable.map((e) => e.outcome)).toEqual(['stopped'])
    expect(explainFit(error)).toMatch(
      /^The training was stopped after epoch \d+: the .* stretches by [\d.e+]+, more than the 50 that is allowed; .*\.$/,
    )
  })

  test('a training that was damped is resumed with its shorter steps', async () => {
    const kept: Checkpoint[] = []
    const options = { ...diverging, watch: { action: 'damp', stretch: LIMIT } } as const
    const whole = right(
      await fit(loose(4), line, {
        ...options,
        checkpoint: (c) => {
          kept.push(c)
        },
      })(),
    )
    const half = kept.find(({ epoch }) => epoch >= 15)!
    expect(half.damping).toBeLessThan(1)
    const files = right(checkpointFromFiles(checkpointToFiles(half)))
    expect(right(await fit(loose(4), line, { ...options, resumeFrom: files })()).params).toEqual(whole.params)
  })

  test('one that stays within the limit trains to the same bits, watched or not', async () => {
    const tame = { ...growing, learningRate: 1e-3, epochs: 3 }
    const plain = right(await fit(loose(2), line, tame)())
    for (const action of ['warn', 'stop'] as const)
      expect(right(await fit(loose(2), line, { ...tame, watch: { action } })()).params).toEqual(plain.params)
  })
})

describe('the penalty on stretch', () => {
  const cost = (spread: number, forward: number, inverse: number): number => {
    const flow = loose(2)
    const params = {
      bijector: drawParameters(flow.bijector.parameters, 4, spread),
      base: {},
    }
    return (evaluateAt as unknown as (f: unknown, inputs: unknown) => HostArray)(
      ({ p, x }: { readonly p: never; readonly x: Example }) =>
        stretchPenalty(flow, { weight: 1, forward, inverse }, p, x, random.foldIn(random.key(1), lanes.index())),
      { p: params, x: fromRows(line.data, line.rows, [2]) },
    ).data[0]!
  }

  test('is 0 of a map within bounds, and is (log |J v| - log bound)² of one that keeps all lengths', () => {
    expect(cost(0, 1.001, 1.001)).toBe(0)
    expect(cost(0, 0.5, 100)).toBeCloseTo(Math.log(2) ** 2, 12)
    expect(cost(0, 100, 0.25)).toBeCloseTo(Math.log(4) ** 2, 12)
    expect(cost(1, 1.5, 1.5)).toBeGreaterThan(0)
  })

  test('keeps a flow near its bounds that goes far beyond them without', async () => {
    const penalty = { weight: 100, forward: 5, inverse: 5 }
    const within = right(await fit(loose(4), line, { ...growing, penalty })())
    const without = right(await fit(loose(4), line, growing)())
    expect(stretchOf(loose(4), within.params)).toBeLessThan(10)
    expect(stretchOf(loose(4), without.params)).toBeGreaterThan(40)
    // What it tells is the likelihood, not the cost.
    expect(within.trainingLogLikelihood).toBeLessThan(without.trainingLogLikelihood)
    expect(within.trainingLogLikelihood).toBeGreaterThan(-(1 + Math.log(2 * Math.PI)))
  })

  test('an option outside its range throws before anything runs', () => {
    expect(() => fit(loose(2), line, { penalty: { weight: -1 } })).toThrow('penalty.weight is a positive number')
    expect(() => fit(loose(2), line, { watch: { rows: 0 } })).toThrow('watch.rows is a whole number')
  })
})
