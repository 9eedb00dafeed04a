import type { Work } from '../problem/work.ts'

/** What the runner asks of an engine's process, in this order: open, then prepare and blocks. */
export type Request =
  | { readonly tag: 'open'; readonly threads: number }
  | { readonly tag: 'prepare'; readonly work: Work; readonly folder: string }
  | { readonly tag: 'block'; readonly seconds: number }

/** Arrays of results are float32 in base64. */
export type Reply =
  | { readonly tag: 'opened'; readonly threads: number; readonly version: string }
  | { readonly tag: 'checked'; readonly results: { readonly [name: string]: string } }
  /** The engine does not do this work. */
  | { readonly tag: 'lacking' }
  | BlockReply
  | { readonly tag: 'failed'; readonly why: string }

/** One block, milliseconds: wall time of a unit; of all its units wall and processor time; processor time of the whole request. */
export interface BlockReply {
  readonly tag: 'block'
  readonly milliseconds: number
  readonly wall: number
  readonly cpu: number
  readonly total: number
}
