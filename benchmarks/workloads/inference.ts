import { type Model, maskedAffine, realNvp } from '../problem/model.ts'
import { ARRAYS, type Workload } from './workload.ts'

const common = { measured: 'blocks', engines: ARRAYS, tolerance: 1e-5, per: 1, quick: false } as const

const ROWS = 100_000
/** Autoregressive draws go coordinate by coordinate. */
const AUTOREGRESSIVE_ROWS = 10_000

const densities = (name: string, model: Model): Workload => ({
  ...common,
  name: `logprob-${name}`,
  work: { kind: 'logProb', model, rows: ROWS },
})
const draws = (name: string, model: Model): Workload => ({
  ...common,
  name: `sample-${name}`,
  work: { kind: 'sample', model, rows: model.kind === 'maf' ? AUTOREGRESSIVE_ROWS : ROWS },
})

/** Densities of rows, and draws, without gradients. */
export const inference: readonly Workload[] = [
  { ...densities('realnvp-d8-h64', realNvp(8, 64)), quick: true },
  draws('realnvp-d8-h64', realNvp(8, 64)),
  densities('maf-d8-h64', maskedAffine(8, 64)),
  { ...draws('maf-d8-h64', maskedAffine(8, 64)), quick: true },
]
