import type { EngineName } from '../engines/adapter.ts'
import type { Work } from '../problem/work.ts'

/** Named work with what it takes to judge and time it. */
export interface Workload {
  readonly name: string
  readonly work: Work
  /** Blocks in turn, each engine in a process that is kept; or one whole process after another, for its time or peak memory. */
  readonly measured: 'blocks' | 'wholeProcess' | 'peakMemory'
  /** Engines that do it, ours first. */
  readonly engines: readonly EngineName[]
  /** Part of the quick selection. */
  readonly quick: boolean
  /** Largest relative distance, in the 2-norm, from the float64 result. */
  readonly tolerance: number
  /** Times are divided by this: operations in one unit of work. */
  readonly per: number
}

export const ARRAYS: readonly EngineName[] = ['diffeo', 'jax-js', 'tfjs-wasm', 'torch']
export const ALL: readonly EngineName[] = [
  'diffeo',
  'diffeo-reference',
  'jax-js',
  'tfjs-wasm',
  'torch',
  'torch-by-hand',
]
