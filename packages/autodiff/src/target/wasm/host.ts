import { sizeOf } from '../../shape.ts'
import { joinKernel } from '../../tensor/lanes.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { DType, Kind, Node } from '../../tensor/tensor.ts'
import type { EngineMemory } from './memory.ts'
import { offsetIn, spaceOf } from './space.ts'
import { TILE, WORD } from './words.ts'

// What has no kernel of its own here runs on the host: by the operation's own meaning, in float64, on copies. `explain`
// names it.

/** The address where a value is for a runner whose scratch memory begins there. */
export const seenFrom = (scratch: number, address: number): number =>
  spaceOf(address) === 'scratch' ? scratch + offsetIn(address) : address

/** Runs a node on the host. Addresses are those of its inputs and results. */
export const hostStep = (
  node: Node,
  inputs: readonly number[],
  outputs: readonly number[],
  memory: EngineMemory,
): ((lanes: number, offset: number, scratch: number) => void) => {
  const kernel = node.operation.kernel(node)
  const kinds = kindsOf(node)
  const varies = kinds.some((kind) => kind.varies)
  return (lanes, offset, scratch) => {
    const given = node.inputs.map((x, k) => readValue(memory, seenFrom(scratch, inputs[k]!), x, lanes))
    const found = kinds.map(({ shape, varies: v }) => new Float64Array(sizeOf(shape) * (v ? lanes : 1)))
    kernel(found, given, varies ? lanes : 1, { offset })
    kinds.forEach((kind, k) => writeValue(memory, seenFrom(scratch, outputs[k]!), kind, found[k]!, lanes))
  }
}

export interface HostJoin {
  start(): void
  absorb(lanes: number, scratch: number): void
  finish(): void
}

/** A join on the host, by its own state. */
export const hostJoin = (node: Node, inputs: readonly number[], output: number, memory: EngineMemory): HostJoin => {
  const kernel = joinKernel(node)
  let state = kernel.start()
  return {
    start: () => {
      state = kernel.start()
    },
    absorb: (lanes, scratch) =>
      kernel.absorb(
        state,
        node.inputs.map((x, k) => readValue(memory, seenFrom(scratch, inputs[k]!), x, lanes)),
        lanes,
      ),
    finish: () => {
      const values = new Float64Array(sizeOf(node.shape))
      kernel.finish(state, values)
      writeValue(memory, output, node, values, 1)
    },
  }
}

/** A value in memory as numbers, `[...shape]` or `[...shape, lanes]`. */
export const readValue = (
  memory: EngineMemory,
  address: number,
  { shape, dtype, varies }: Kind,
  lanes: number,
): Float64Array => {
  const size = sizeOf(shape)
  const words = dtype === 'float' ? memory.floats() : memory.ints()
  const at = address / WORD
  if (!varies) return Float64Array.from(words.subarray(at, at + size), numberOf(dtype))
  const values = new Float64Array(size * lanes)
  for (let e = 0; e < size; e++)
    for (let l = 0; l < lanes; l++) values[e * lanes + l] = numberOf(dtype)(words[at + e * TILE + l]!)
  return values
}

/** Numbers as a value in memory; lanes that pad a tile are left as they are. */
export const writeValue = (
  memory: EngineMemory,
  address: number,
  { shape, dtype, varies }: Kind,
  values: Float64Array,
  lanes: number,
): void => {
  const size = sizeOf(shape)
  const words = dtype === 'float' ? memory.floats() : memory.ints()
  const at = address / WORD
  const word = wordOf(dtype)
  if (!varies) for (let e = 0; e < size; e++) words[at + e] = word(values[e]!)
  else
    for (let e = 0; e < size; e++)
      for (let l = 0; l < lanes; l++) words[at + e * TILE + l] = word(values[e * lanes + l]!)
}

/** Booleans are masks in memory, 0 or -1, and 0 or 1 as numbers. */
const numberOf =
  (dtype: DType) =>
  (word: number): number =>
    dtype === 'bool' ? Number(word !== 0) : word
const wordOf =
  (dtype: DType) =>
  (value: number): number =>
    dtype === 'bool' ? (value !== 0 ? -1 : 0) : value
