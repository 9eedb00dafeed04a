import type { Node } from '../../../tensor/tensor.ts'
import type { Code, Local } from '../assembler/code.ts'
import type { Func, Signature } from '../assembler/function.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { local } from '../assembler/variables.ts'

/** Generated code for one kind of work: a function of addresses and counts. Kernels of one key are the same code. */
export interface Kernel {
  readonly key: string
  build(): Func<Signature, 'none'>
}

/**
 * What a kernel is called with: a number or an address; of the tile the number of its lanes, the first of them in the
 * run (`start`) or among all examples (`index`); or a word of the run's record.
 */
export type LaunchOperand = number | 'lanes' | 'start' | 'index' | { readonly record: number }

/** A kernel with its operands, in the order of its parameters. */
export interface Launch {
  readonly kernel: Kernel
  readonly operands: readonly LaunchOperand[]
}

/** Where a kernel finds what it reads and writes, where constant tables go, and what the machine has. */
export interface Addresses {
  /** Whether products are added by a fused instruction, which rounds once or twice as the machine likes. */
  readonly fma: boolean
  /** Address of a value as it is read. */
  readAt(x: Node): number
  /** Address of a result as it is written. */
  addressOf(node: Node, output?: number): number
  /** Puts words into memory for good and gives their address. */
  table(words: Int32Array): number
}

/** a b + c on four floats. */
export const multiplyAdd =
  (fma: boolean) =>
  (a: Code<'v128'>, b: Code<'v128'>, c: Code<'v128'>): Code<'v128'> =>
    fma ? f32x4.relaxedMadd(a, b, c) : f32x4.add(c, f32x4.mul(a, b))

/** Integer variables of these names. */
export const integers = <const N extends readonly string[]>(...names: N): { readonly [K in keyof N]: Local<'i32'> } =>
  names.map((name) => local('i32', name)) as { readonly [K in keyof N]: Local<'i32'> }
