import type { Result } from './code.ts'
import type { Constants } from './constants.ts'
import type { Func, Signature } from './function.ts'

/** A module: a value that `encode` turns into bytes. */
export interface Module {
  readonly memory?: Memory
  /** By the name the outside knows. All functions and globals that these use come along. */
  readonly exports: Readonly<Record<string, Func<Signature, Result>>>
  /** Every imported function that is called. */
  readonly imports?: readonly Func<Signature, Result>[]
  /** What `callIndirect` calls by number. */
  readonly table?: readonly Func<Signature, Result>[]
  /** Written to memory at each instantiation. */
  readonly data?: readonly DataSegment[]
  /** Vector constants that are kept in memory; they are written into the code when left out. */
  readonly constants?: Constants
}

/** In pages of 64 KiB. Shared memory needs a maximum, and threads see one another's writes to it. */
export interface Memory {
  readonly minimum: number
  readonly maximum?: number
  readonly shared?: boolean
  /** Where the platform finds it; a memory of the module's own when left out. */
  readonly from?: { readonly module: string; readonly field: string }
  readonly exportedAs?: string
}

export interface DataSegment {
  readonly at: number
  readonly bytes: Uint8Array
}

export const PAGE = 65536
