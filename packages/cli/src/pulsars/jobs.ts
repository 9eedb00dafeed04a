import type { FitJob } from '../job/fitTable.ts'

/** Columns of this survey are nearly functions of each other: linear mixing and smooth conditioners are worth most. */
const flow = {
  kind: 'nsf',
  layers: 5,
  hidden: [48, 48],
  activation: 'silu',
  mixing: true,
  spline: { bins: 12, tails: 12 },
} as const

/** The density of all candidates: HTRU2 by the usual protocol, rows by their number modulo 10. */
export const density = (seed: number, epochs = 150): FitJob => ({
  rows: { split: { kind: 'modulus' } },
  flow,
  training: { seed, epochs, batchSize: 256, learningRate: 5e-3, patience: epochs },
})

/** The density of what is no pulsar, to find pulsars by: starts where the first fit ended, so it needs few epochs. */
export const search = (seed: number, epochs = 25): FitJob => ({
  rows: { split: { kind: 'modulus' }, trainWhere: { column: 'target_class', equal: true, value: 'not_pulsar' } },
  flow,
  training: { seed, epochs, batchSize: 256, learningRate: 5e-3, patience: epochs },
})
