import { ARRAYS, type Workload } from './workload.ts'

const DEPTH = 32

/** Single operations: what is left of a step's speed when it is not the whole step. */
export const operations: readonly Workload[] = [
  {
    // A chain of products, so that what a call costs does not count; the time is that of one product.
    name: 'contraction-64x64x512',
    work: { kind: 'contraction', size: 64, rows: 512, depth: DEPTH },
    measured: 'blocks',
    engines: ARRAYS,
    quick: false,
    tolerance: 1e-5,
    per: DEPTH,
  },
  {
    name: 'exp-1m',
    work: { kind: 'exp', rows: 1 << 20 },
    measured: 'blocks',
    engines: ARRAYS,
    quick: false,
    tolerance: 1e-6,
    per: 1,
  },
]
