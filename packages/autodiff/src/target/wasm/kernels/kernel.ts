import type { Body } from '../../../compile/body.ts'
import type { Node } from '../../../tensor/tensor.ts'
import type { Local } from '../assembler/code.ts'
import type { Func, Signature } from '../assembler/function.ts'
import { local } from '../assembler/variables.ts'
import type { Format } from '../format.ts'

/**
 * Generated code for one kind of work: a function of addresses and counts. In a program, whose format is one, kernels of
 * one key are the same code.
 */
export interface Kernel {
  readonly key: string
  build(format: Format): Func<Signature, 'none'>
}

/**
 * What a kernel is called with: a number or an address; of the tile the number of its lanes, the first of them in the
 * run (`start`) or among all examples (`index`); a word of the run's record; or an end of a share.
 */
export type LaunchOperand = number | 'lanes' | 'start' | 'index' | { readonly record: number } | ShareEnd

/** Work that may be cut: so many numbers in all, cut at multiples of a unit. */
export interface Work {
  readonly total: number
  readonly unit: number
}
/** Where the share of a part begins, as many times `scale` beyond `base`; or how long it is. */
export type ShareEnd = { readonly work: Work } & (
  | { readonly base: number; readonly scale: number }
  | { readonly length: true }
)

/** All of it where it is too little to be cut. */
export const beginningOf = (work: Work, base: number, scale = 1): LaunchOperand =>
  work.total < 2 * work.unit ? base : { work, base, scale }
export const lengthOf = (work: Work): LaunchOperand =>
  work.total < 2 * work.unit ? work.total : { work, length: true }

/** A kernel with its operands, in the order of its parameters. */
export interface Launch {
  readonly kernel: Kernel
  readonly operands: readonly LaunchOperand[]
}

/** Bytes that are copied. In a loop one end may be another slice in every turn, as many bytes further on. */
export interface Copy {
  readonly to: number
  readonly from: number
  readonly bytes: number
  readonly turns: 'to' | 'from' | null
}

/** The turns of a loop. */
export interface Rounds {
  readonly count: number
  /** Slices are taken from the last to the first. */
  readonly backwards: boolean
  /** Where the number of the slice is wanted. */
  readonly index: number | null
  readonly before: readonly Copy[]
  readonly turn: readonly Action[]
  /** The address of a word that ends the loop when a turn has left something else than 0 there. */
  readonly stop: number | null
  /** Done for each turn that was left out. */
  readonly left: readonly Copy[]
  readonly after: readonly Copy[]
}

/** What a program does at one point. */
export type Action = Launch | Copy | Rounds

/** How a loop is laid out: its body's values are in its room, after an element that the loop has for itself. */
export interface LoopPlace {
  readonly body: Body
  readonly room: number
  isRead(output: number): boolean
}

/** Where a kernel finds what it reads and writes, and where tables go. */
export interface Addresses {
  readonly format: Format
  /** Address of a value as it is read. */
  readAt(x: Node): number
  /** Address of a result as it is written. */
  addressOf(node: Node, output?: number): number
  /**
   * Of a varying value that is read in place: how far from the beginning of scratch the row of each of its elements is.
   * It has no address of its own.
   */
  rowsOf(x: Node): readonly number[] | undefined
  /** Address of the room that a node has for itself while it runs. */
  roomOf(node: Node): number
  /** Puts words into memory for good and gives their address. */
  table(words: Int32Array): number
  loop(node: Node): LoopPlace
}

/** Integer variables of these names. */
export const integers = <const N extends readonly string[]>(...names: N): { readonly [K in keyof N]: Local<'i32'> } =>
  names.map((name) => local('i32', name)) as { readonly [K in keyof N]: Local<'i32'> }
