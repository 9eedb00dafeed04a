import { type HostArray, type Shape, threefry2x32 } from '@diffeo/autodiff'
import type { Dataset } from './dataset.ts'

/** Keeps the draws of a training apart from each other and from those of the flow: second words of a seed's blocks. */
const STREAMS = { shuffle: 0x73687566, split: 0x73706c74, adapt: 0x61647074 } as const
export type Stream = keyof typeof STREAMS

/** The numbers 0 … n - 1 in an order fixed by seed, stream and turn (Fisher & Yates, from the end). */
export const permutation = (n: number, seed: number, stream: Stream, turn: number): Uint32Array => {
  const key = threefry2x32(threefry2x32([seed >>> 0, Math.floor(seed / 2 ** 32)], [STREAMS[stream], 0]), [turn, 1])
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const [high, low] = threefry2x32(key, [i, 0])
    const u = ((high >>> 0) * 2 ** 20 + (low >>> 12)) * 2 ** -52
    const j = Math.floor(u * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}

/** How many batches of at most `size` rows; they differ by one row at most, so no step is much noisier than another. */
export const batchCount = (rows: number, size: number): number => Math.max(1, Math.ceil(rows / size))

/** Where batch `index` of `count` begins in the order of an epoch. */
export const batchStart = (rows: number, count: number, index: number): number => Math.floor((index * rows) / count)

/** Lanes that are gathered together: whole cache lines of the result. */
const TOGETHER = 16

/** Copies rows into arrays with one lane for each. Arrays of one length are used again: each is valid until the next call. */
export const gatherer = ({ columns, data }: Dataset, shape: Shape): ((places: Uint32Array) => HostArray) => {
  const d = columns.length
  const buffers = new Map<number, Float64Array>()
  return (places) => {
    const lanes = places.length
    const buffer = buffers.get(lanes) ?? new Float64Array(lanes * d)
    buffers.set(lanes, buffer)
    // Some lanes at a time, column by column: both sides then stay in the cache, however wide the rows are.
    for (let first = 0; first < lanes; first += TOGETHER) {
      const end = Math.min(lanes, first + TOGETHER)
      for (let j = 0; j < d; j++) for (let l = first; l < end; l++) buffer[j * lanes + l] = data[places[l]! * d + j]!
    }
    return { data: buffer, shape, lanes }
  }
}
