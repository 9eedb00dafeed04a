import type { DataSegment } from './module.ts'

/**
 * Vector constants in memory. Written into the code, each takes three or four machine instructions wherever it is
 * used; from memory it is one load that also spreads it over the lanes (measured: `exp` is a quarter faster). Whoever
 * encodes a module puts them there: a thread that makes its instance late must not write into memory that others have
 * been given since.
 */
export interface Constants {
  /** Where in memory the constant is, and how many of its bytes repeat there; null where code is shorter, or the room full. */
  readonly place: (bytes: Uint8Array) => Place | null
  /** What must be written to memory before the module runs. */
  readonly segment: () => DataSegment
}
export interface Place {
  readonly at: number
  readonly width: 4 | 8 | 16
}

/** Room for constants in memory: a multiple of 16, and bytes. */
export interface Room {
  readonly at: number
  readonly bytes: number
}

export const constants = (room: Room): Constants => {
  const known = new Map<string, Place | null>()
  const content = new Uint8Array(room.bytes)
  let used = 0
  const add = (repeated: Uint8Array): Place | null => {
    const width = repeated.length as Place['width']
    const start = Math.ceil(used / width) * width
    if (start + width > room.bytes) return null
    used = start + width
    content.set(repeated, start)
    return { at: room.at + start, width }
  }
  return {
    place: (bytes) => {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 4)
      const key = words.join()
      const before = known.get(key)
      if (before !== undefined) return before
      const place = isShort(words) ? null : add(bytes.subarray(0, period(words)))
      known.set(key, place)
      return place
    },
    segment: () => ({ at: room.at, bytes: content.slice(0, used) }),
  }
}

/** All bits 0 or all 1: one machine instruction without memory. */
const isShort = ([first, ...others]: Uint32Array): boolean =>
  (first === 0 || first === 0xffffffff) && others.every((word) => word === first)

/** In bytes. */
const period = ([a, b, c, d]: Uint32Array): Place['width'] => (a === c && b === d ? (a === b ? 4 : 8) : 16)
