import type { EngineName } from '../engines/adapter.ts'

/** One engine's result at one workload. */
export interface Row {
  readonly workload: string
  readonly engine: EngineName
  /** Threads of the comparison; engines that cannot choose run as they are. */
  readonly threads: number
  /** Time of a unit of work, milliseconds; for `memory-…` rows the peak resident memory, MiB. */
  readonly medianMs: number
  /** Median of this engine's time over ours, round by round; null where ours did not run. */
  readonly ratioToDiffeo: number | null
  /** Rounds that count, and whether the machine left all engines alone in them; where not, one thread's times are processor time. */
  readonly rounds: number
  readonly clean: boolean
}

export interface Report {
  readonly versions: { readonly [engine: string]: string }
  readonly machine: { readonly [fact: string]: string | number }
  readonly rows: readonly Row[]
}
