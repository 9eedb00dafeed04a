import { mistake } from '../../error.ts'
import type { LinearMemory, WebAssemblyPlatform } from './platform.ts'

/** The memory of an engine, shared by its programs: blocks of bytes by address. */
export interface EngineMemory {
  readonly memory: LinearMemory
  /** Whether other threads see it. */
  readonly shared: boolean
  /** Views of the whole memory; they change when it grows, so they are asked for anew after every allocation. */
  readonly floats: () => Float32Array
  readonly doubles: () => Float64Array
  readonly ints: () => Int32Array
  /** The address of a block that nobody else has, aligned to 64 bytes. */
  allocate(bytes: number): number
  /** Gives a block back. */
  release(address: number): void
  /** Bytes in blocks that are held. */
  readonly held: () => number
}

const PAGE = 65_536
/** A cache line; more than any vector. */
const ALIGNMENT = 64
/** All that 32-bit addresses reach. */
export const MOST_PAGES = 65_536

interface Span {
  readonly start: number
  readonly length: number
}

/** Address 0 is left out, so that no block has it. */
export const engineMemory = (platform: WebAssemblyPlatform, shared = false): EngineMemory => {
  const memory = new platform.Memory({ initial: 16, maximum: MOST_PAGES, shared })
  const spans = freeSpans({ start: ALIGNMENT, length: memory.buffer.byteLength - ALIGNMENT })
  const blocks = new Map<number, number>()
  let floats = new Float32Array(memory.buffer)
  let doubles = new Float64Array(memory.buffer)
  let ints = new Int32Array(memory.buffer)

  const grow = (bytes: number): void => {
    const end = memory.buffer.byteLength
    memory.grow(Math.max(Math.ceil(bytes / PAGE), Math.ceil(end / PAGE / 4)))
    spans.give({ start: end, length: memory.buffer.byteLength - end })
    floats = new Float32Array(memory.buffer)
    doubles = new Float64Array(memory.buffer)
    ints = new Int32Array(memory.buffer)
  }

  const allocate = (bytes: number): number => {
    const length = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT)
    const start = spans.take(length)
    if (start === undefined) {
      grow(length)
      return allocate(bytes)
    }
    blocks.set(start, length)
    return start
  }

  return {
    memory,
    shared,
    floats: () => floats,
    doubles: () => doubles,
    ints: () => ints,
    allocate,
    release: (address) => {
      const length = blocks.get(address)
      if (length === undefined) return mistake(`memory: no block begins at ${address}.`)
      blocks.delete(address)
      spans.give({ start: address, length })
    },
    held: () => [...blocks.values()].reduce((sum, length) => sum + length, 0),
  }
}

/** Free memory, in order; neighbours are one span. It is asked for hundreds of blocks in every step, so it changes in place. */
const freeSpans = (
  first: Span,
): { readonly take: (length: number) => number | undefined; readonly give: (span: Span) => void } => {
  const spans: { start: number; length: number }[] = [{ ...first }]
  return {
    take: (length) => {
      const at = spans.findIndex((span) => span.length >= length)
      const span = spans[at]
      if (!span) return undefined
      const { start } = span
      span.start += length
      span.length -= length
      if (span.length === 0) spans.splice(at, 1)
      return start
    },
    give: ({ start, length }) => {
      let [low, high] = [0, spans.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if (spans[middle]!.start < start) low = middle + 1
        else high = middle
      }
      const [before, after] = [spans[low - 1], spans[low]]
      const joinsBefore = before !== undefined && before.start + before.length === start
      const joinsAfter = after !== undefined && start + length === after.start
      if (joinsBefore) before.length += length + (joinsAfter ? after.length : 0)
      else if (joinsAfter) {
        after.start = start
        after.length += length
      } else spans.splice(low, 0, { start, length })
      if (joinsBefore && joinsAfter) spans.splice(low, 1)
    },
  }
}
