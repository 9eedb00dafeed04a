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
  let free: readonly Span[] = [{ start: ALIGNMENT, length: memory.buffer.byteLength - ALIGNMENT }]
  const blocks = new Map<number, number>()
  let floats = new Float32Array(memory.buffer)
  let doubles = new Float64Array(memory.buffer)
  let ints = new Int32Array(memory.buffer)

  const grow = (bytes: number): void => {
    const end = memory.buffer.byteLength
    memory.grow(Math.max(Math.ceil(bytes / PAGE), Math.ceil(end / PAGE / 4)))
    free = joined([...free, { start: end, length: memory.buffer.byteLength - end }])
    floats = new Float32Array(memory.buffer)
    doubles = new Float64Array(memory.buffer)
    ints = new Int32Array(memory.buffer)
  }

  const allocate = (bytes: number): number => {
    const length = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT)
    const at = free.findIndex((span) => span.length >= length)
    if (at < 0) {
      grow(length)
      return allocate(bytes)
    }
    const { start, length: whole } = free[at]!
    free = [
      ...free.slice(0, at),
      ...(whole > length ? [{ start: start + length, length: whole - length }] : []),
      ...free.slice(at + 1),
    ]
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
      free = joined([...free, { start: address, length }])
    },
    held: () => [...blocks.values()].reduce((sum, length) => sum + length, 0),
  }
}

/** Spans in order, neighbours made one. */
const joined = (spans: readonly Span[]): readonly Span[] => {
  const whole: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = whole.at(-1)
    if (last && last.start + last.length === span.start)
      whole[whole.length - 1] = { start: last.start, length: last.length + span.length }
    else whole.push(span)
  }
  return whole
}
