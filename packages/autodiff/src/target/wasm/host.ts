import { sizeOf } from '../../shape.ts'
import { joinKernel } from '../../tensor/lanes.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { DType, Kind, Node } from '../../tensor/tensor.ts'
import type { Format } from './format.ts'
import type { EngineMemory } from './memory.ts'
import { offsetIn, spaceOf } from './space.ts'

// What has no kernel of its own here runs on the host: by the operation's own meaning, in float64, on copies. `explain`
// names it.

/** The address where a value is for a runner whose scratch memory begins there. */
export const seenFrom = (scratch: number, address: number): number =>
  spaceOf(address) === 'scratch' ? scratch + offsetIn(address) : address

/** Runs a node on the host. Addresses are those of its inputs and results; null for a result that nothing reads. */
export const hostStep = (
  node: Node,
  inputs: readonly number[],
  outputs: readonly (number | null)[],
  memory: EngineMemory,
  format: Format,
): ((lanes: number, offset: number, scratch: number) => void) => {
  const kernel = node.operation.kernel(node)
  const kinds = kindsOf(node)
  const varies = kinds.some((kind) => kind.varies)
  return (lanes, offset, scratch) => {
    const given = node.inputs.map((x, k) => readValue(memory, format, seenFrom(scratch, inputs[k]!), x, lanes))
    const found = kinds.map(({ shape, varies: v }) => new Float64Array(sizeOf(shape) * (v ? lanes : 1)))
    kernel(found, given, varies ? lanes : 1, { offset })
    kinds.forEach((kind, k) => {
      const address = outputs[k]!
      if (address !== null) writeValue(memory, format, seenFrom(scratch, address), kind, found[k]!, lanes)
    })
  }
}

export interface HostJoin {
  start(): void
  absorb(lanes: number, scratch: number): void
  finish(): void
}

/** A join on the host, by its own state. */
export const hostJoin = (
  node: Node,
  inputs: readonly number[],
  output: number,
  memory: EngineMemory,
  format: Format,
): HostJoin => {
  const kernel = joinKernel(node)
  let state = kernel.start()
  return {
    start: () => {
      state = kernel.start()
    },
    absorb: (lanes, scratch) =>
      kernel.absorb(
        state,
        node.inputs.map((x, k) => readValue(memory, format, seenFrom(scratch, inputs[k]!), x, lanes)),
        lanes,
      ),
    finish: () => {
      const values = new Float64Array(sizeOf(node.shape))
      kernel.finish(state, values)
      writeValue(memory, format, output, node, values, 1)
    },
  }
}

/** A value in memory as numbers, `[...shape]` or `[...shape, lanes]`. */
export const readValue = (
  memory: EngineMemory,
  format: Format,
  address: number,
  { shape, dtype, varies }: Kind,
  lanes: number,
): Float64Array => {
  const { tile } = format
  const { words, at, step } = pieces(memory, format, address, dtype)
  const number = dtype === 'bool' ? (word: number): number => Number(word !== 0) : (word: number): number => word
  const size = sizeOf(shape)
  const values = new Float64Array(varies ? size * lanes : size)
  if (!varies) for (let e = 0; e < size; e++) values[e] = number(words[at + e * step]!)
  else
    for (let e = 0; e < size; e++)
      for (let l = 0; l < lanes; l++) values[e * lanes + l] = number(words[at + (e * tile + l) * step]!)
  return values
}

/** Numbers as a value in memory; lanes that pad a tile are left as they are. */
export const writeValue = (
  memory: EngineMemory,
  format: Format,
  address: number,
  { shape, dtype, varies }: Kind,
  values: Float64Array,
  lanes: number,
): void => {
  const { tile } = format
  const { words, at, step } = pieces(memory, format, address, dtype)
  const put = (place: number, value: number): void => {
    words[at + place * step] = dtype === 'bool' ? -Number(value !== 0) : value
    // A boolean is a mask over all of its word.
    if (dtype === 'bool' && step === 2) words[at + place * step + 1] = -Number(value !== 0)
  }
  const size = sizeOf(shape)
  if (!varies) for (let e = 0; e < size; e++) put(e, values[e]!)
  else for (let e = 0; e < size; e++) for (let l = 0; l < lanes; l++) put(e * tile + l, values[e * lanes + l]!)
}

/** Memory as numbers of a type, where an address is in it, and from one number to the next. */
const pieces = (
  memory: EngineMemory,
  { precision, word }: Format,
  address: number,
  dtype: DType,
): { readonly words: Float32Array | Float64Array | Int32Array; readonly at: number; readonly step: number } => {
  if (dtype !== 'float') return { words: memory.ints(), at: address / 4, step: word / 4 }
  return { words: precision === 'float32' ? memory.floats() : memory.doubles(), at: address / word, step: 1 }
}
