import type { Code, Local } from '../assembler/code.ts'
import { i32 } from '../assembler/instructions/i32.ts'
import { ENTRY } from '../words.ts'
import type { Addresses } from './kernel.ts'

/** Offsets in bytes, one after another: in even steps, or in a table. */
export interface Places {
  readonly even: boolean
  /** What the kernel is given: where the table is, or the step in bytes, divided by those of an entry. */
  readonly operand: number
  /** How many there are, in bytes of a table's entries, which is what a kernel counts in. */
  readonly count: number
}

export const placesOf = (offsets: Int32Array, bytes: number, at: Addresses): Places => {
  const step = offsets[1] ?? 0
  const even = offsets.every((offset, i) => offset === i * step)
  return {
    even,
    operand: even ? (step * bytes) / ENTRY : at.table(offsets.map((offset) => offset * bytes)),
    count: offsets.length * ENTRY,
  }
}

/** The offset that the kernel is at, `i` bytes into the table. */
export const placeAt = (even: boolean, operand: Local<'i32'>, i: Code<'i32'>): Code<'i32'> =>
  even ? i32.mul(operand, i) : i32.load(i32.add(operand, i))
