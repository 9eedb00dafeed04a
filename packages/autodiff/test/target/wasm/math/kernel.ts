import { constants, forEach, func, i32, local, type Value, v128 } from '../../../../src/target/wasm/assembler/index.ts'
import type { Emitter, Vector } from '../../../../src/target/wasm/math/index.ts'
import { instantiate } from '../assembler/run.ts'

const PAGE = 65536
/** Before the arrays: room for vector constants. */
const ROOM = { at: 0, bytes: PAGE }

export type Floating = Float32Array | Float64Array
export type Numbers = Floating | Int32Array

/** A function over arrays of equal length, each computed in one call of a loop over its vectors. */
export type Run = <T extends Numbers>(...inputs: readonly T[]) => T

/**
 * Each emitter as a loop over arrays. The length is a multiple of 4, the arrays' type is the caller's; what a run gives
 * holds until the next one.
 */
export const kernels = <K extends string>(
  emitters: Readonly<Record<K, { readonly arity: number; readonly emit: Emitter }>>,
  bytes: number,
): Readonly<Record<K, Run>> => {
  const entries = Object.entries(emitters) as [K, { readonly arity: number; readonly emit: Emitter }][]
  const exports = Object.fromEntries(
    entries.map(([name, { arity, emit }]) => [
      name,
      func(name, { to: 'i32', stride: 'i32' }, 'none', ({ to, stride }) => {
        const i = local('i32', 'i')
        const operand = (k: number): Value => v128.load(i32.add(i32.add(to, i32.mul(stride, k + 1)), i))
        const operands = Array.from({ length: arity }, (_, k) => operand(k) as Vector)
        return forEach(i, { below: stride, step: 16 }, v128.store(i32.add(to, i), emit(...operands)))
      }),
    ]),
  )
  const pages = 1 + Math.ceil((4 * bytes) / PAGE)
  const instance = instantiate<string>({
    memory: { minimum: pages, exportedAs: 'memory' },
    exports,
    constants: constants(ROOM),
  })
  const run =
    (name: K): Run =>
    (...inputs) => {
      const { length, byteLength } = inputs[0]!
      const At = inputs[0]!.constructor as new (
        memory: ArrayBufferLike,
        at: number,
        length: number,
      ) => (typeof inputs)[0]
      inputs.forEach((input, k) => new At(instance.memory.buffer, PAGE + (k + 1) * byteLength, length).set(input))
      instance[name]!(PAGE, byteLength)
      return new At(instance.memory.buffer, PAGE, length)
    }
  return Object.fromEntries(entries.map(([name]) => [name, run(name)])) as Record<K, Run>
}
