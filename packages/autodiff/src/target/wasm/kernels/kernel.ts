import type { Node } from '../../../tensor/tensor.ts'
import type { Func, Signature } from '../assembler/function.ts'

/** Generated code for one kind of work: a function of addresses and counts. Kernels of one key are the same code. */
export interface Kernel {
  readonly key: string
  build(): Func<Signature, 'none'>
}

/** A kernel with what it is called with, in the order of its parameters; `lanes` stands for the lanes of the tile. */
export interface Launch {
  readonly kernel: Kernel
  readonly operands: readonly (number | 'lanes')[]
}

/** Where a kernel finds what it reads and writes, and where constant tables go. */
export interface Addresses {
  /** Address of a value as it is read. */
  readAt(x: Node): number
  /** Address of a result as it is written. */
  addressOf(node: Node, output?: number): number
  /** Puts words into memory for good and gives their address. */
  table(words: Int32Array): number
}
