import { ENTRY } from './words.ts'

/** What a program's code has to know of the run, as words in memory: it is written before a run and before each phase. */
export const RECORD = {
  /** Number of examples. */
  count: 0,
  /** Global index of the first of them. */
  first: 1,
  /** Tiles in a part. */
  tiles: 2,
  /** Address of the sums of the first part. */
  states: 3,
  parts: 4,
  /** From here on the addresses of the arrays that are kept for all examples. */
  kept: 5,
} as const

export const recordBytes = (kept: number): number => (RECORD.kept + kept) * ENTRY
