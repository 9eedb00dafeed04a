import { realNvp } from '../problem/model.ts'
import { ARRAYS, type Workload } from './workload.ts'

const work = { model: realNvp(8, 64), rows: 512 } as const

/** What a program costs beyond its steps: to make, to start, to hold. */
export const processes: readonly Workload[] = [
  {
    // From the functions to a program that is ready; peers compile inside their first step and are not compared.
    name: 'compile-realnvp-d8-h64',
    work: { kind: 'compile', ...work },
    measured: 'blocks',
    engines: ['diffeo'],
    quick: false,
    tolerance: 1e-5,
    per: 1,
  },
  {
    // TensorFlow.js is left out: the detour by which its derivatives are loaded here costs a second of its own.
    name: 'coldstart-realnvp-d8-h64',
    work: { kind: 'train', ...work },
    measured: 'wholeProcess',
    engines: ARRAYS.filter((engine) => engine !== 'tfjs-wasm'),
    quick: false,
    tolerance: 1e-3,
    per: 1,
  },
  {
    name: 'memory-realnvp-d8-h64',
    work: { kind: 'train', ...work },
    measured: 'peakMemory',
    engines: ARRAYS,
    quick: false,
    tolerance: 1e-3,
    per: 1,
  },
]
