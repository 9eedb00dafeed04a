import type { Node } from '../../tensor/tensor.ts'
import type { Line } from './explain.ts'
import type { Format } from './format.ts'
import type { HostJoin } from './host.ts'
import type { Step } from './tasks.ts'
import type { RunPart } from './threads/pool.ts'

/** Uniform work, and how threads may share it out. */
export interface LinkedStage {
  readonly run: Step
  readonly share?: Share
}
export interface Share {
  /** By which threads know it, as they do phases. */
  readonly number: number
  readonly part: RunPart
  readonly flops: number
}

export interface LinkedPhase {
  readonly uniform: readonly LinkedStage[]
  /** All work on a tile, from loading it to adding its sums. */
  readonly tile: readonly Step[]
  /** All tiles of a part; undefined where the host has a share in them or steps are timed, so that one thread does all. */
  readonly part?: RunPart
  /** Joins on the host, which absorb tile by tile in order. */
  readonly hostJoins: readonly HostJoin[]
  /** Sums of the parts made one. */
  readonly finish: readonly Step[]
  /** Whether there is any work on tiles. */
  readonly hasTiles: boolean
  /** Bytes of the sums of one part. */
  readonly stride: number
  /** Of one example. */
  readonly flops: number
  /** What is done once for each run, and what for each example. */
  readonly lines: { readonly run: readonly Line[]; readonly example: readonly Line[] }
  /** Of one example, for later phases and for the results. */
  readonly keptBytes: number
}

/** An array that is kept for all examples while a program runs, and the word of the record that has its address. */
export interface Kept {
  readonly node: Node
  readonly output: number
  readonly record: number
}

/** A program whose kernels are compiled and whose every value has its place. */
export interface Linked {
  readonly format: Format
  readonly phases: readonly LinkedPhase[]
  readonly kept: readonly Kept[]
  /** Address of the run's record. */
  readonly record: number
  /** Addresses of uniform values, as they are written and as they are read. */
  addressOf(node: Node): number
  readAt(x: Node): number
  /** Operations that run on the host, in the order of the program. */
  readonly onHost: readonly string[]
  readonly launches: number
  readonly kernels: number
  readonly bytes: number
  readonly scratchBytes: number
  /** Of the module, for other threads; where no others see the memory, nothing. */
  readonly code?: { readonly address: number; readonly bytes: number }
  dispose(): void
}
