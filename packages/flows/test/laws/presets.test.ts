import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Flow, iaf, maf, neuralSplineFlow, realNVP } from '../../src/index.ts'
import * as laws from '../../src/laws/index.ts'
import { engines } from './engines.ts'
import { howOften } from './runs.ts'

const RUNS = howOften(3)
const small = { dim: 3, layers: 2, hidden: [6], activation: 'tanh', context: 2 } as const
const moments = { mean: [1, -2, 30], standardDeviation: [2, 0.1, 10] }

/** Ready-made flows, each with what only some of them take. */
const presets: readonly (readonly [name: string, flow: unknown])[] = [
  ['realNVP', realNVP({ ...small, standardise: moments })],
  ['maf', maf({ ...small, standardise: moments, mixing: true })],
  ['iaf', iaf({ ...small, passes: 2 })],
  ['neuralSplineFlow of couplings', neuralSplineFlow({ ...small, bins: 4, mixing: true })],
  ['neuralSplineFlow, autoregressive', neuralSplineFlow({ ...small, bins: 4, structure: 'autoregressive' })],
  ['maf of one column', maf({ dim: 1, layers: 2, hidden: [4], context: 2 })],
]

describe.each(presets)('%s', (_, preset) => {
  const flow = preset as Flow
  const { bijector } = flow
  // Deep as they are, with parameters as they start and as training leaves them.
  const options = { engines, context: [small.context], spreads: [0, 0.5, 2] }
  test('inverse undoes forward', () => fc.assert(laws.undoes(bijector, options), RUNS))
  test('forward undoes inverse', () => fc.assert(laws.undoesBack(bijector, options), RUNS))
  test('logDet is log|det J|', () => fc.assert(laws.determinant(bijector, options), RUNS))
  test('gradients are finite', () => fc.assert(laws.hasFiniteGradients(bijector, options), RUNS))
  test('rebuilt from its spec it is the same flow', () => fc.assert(laws.densitySavesItself(flow, options), RUNS))
  test('a draw comes with its log-density', () => fc.assert(laws.drawsWithTheirDensity(flow, options), RUNS))
  test('it agrees with the reference', () => fc.assert(laws.densityAgreesWithReference(flow, options), RUNS))
})
