import type { Work } from '../problem/work.ts'

/** An engine under test, in a process of its own. */
export interface Adapter {
  /** As people know it: name and version. */
  readonly version: string
  /** `threads` as asked for; what answers may be fewer. */
  open(threads: number): Promise<Opened>
}

export interface Opened {
  /** How many threads really compute. */
  readonly threads: number
  /** Makes a piece of work ready; undefined where this engine does not do it. `folder` holds its arrays. */
  prepare(work: Work, folder: string): Promise<Prepared | undefined>
}

/** A piece of work made ready. */
export interface Prepared {
  /** Numbers by which the result is judged before anything is timed. */
  check(): Promise<Results>
  /** Back to the start, untimed: a training begins again from the same parameters. */
  begin(): Promise<void>
  /** The work, `count` times, finished when this resolves. */
  run(count: number): Promise<void>
}

export interface Results {
  readonly [name: string]: Float32Array
}

export type EngineName = 'diffeo' | 'diffeo-reference' | 'jax-js' | 'tfjs-wasm' | 'torch' | 'torch-by-hand'
