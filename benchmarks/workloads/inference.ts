import { maskedAffine, realNvp } from '../problem/model.ts'
import { ARRAYS, type Workload } from './workload.ts'

const common = { measured: 'blocks', engines: ARRAYS, tolerance: 1e-5, per: 1 } as const

/** Densities of rows, and draws, without gradients. */
export const inference: readonly Workload[] = [
  {
    ...common,
    name: 'logprob-realnvp-d8-h64',
    work: { kind: 'logProb', model: realNvp(8, 64), rows: 100_000 },
    quick: true,
  },
  {
    ...common,
    name: 'sample-realnvp-d8-h64',
    work: { kind: 'sample', model: realNvp(8, 64), rows: 100_000 },
    quick: false,
  },
  {
    ...common,
    name: 'sample-maf-d8-h64',
    work: { kind: 'sample', model: maskedAffine(8, 64), rows: 10_000 },
    quick: true,
  },
]
