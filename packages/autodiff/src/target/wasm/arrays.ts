import type { EngineMemory } from './memory.ts'
import type { Words } from './values.ts'

/** An array of an engine: a block of its memory, or outside of it. It is never written again. */
export interface Held {
  /** In 32-bit pieces, as its words are. */
  readonly length: number
  readonly place: { readonly address: number } | { readonly words: Words }
}

/** The arrays of an engine that outlive a run. */
export interface Arrays {
  /** Holds a copy. */
  hold(words: Words): Held
  /** Holds a copy of what lies in memory; lengths are in 32-bit pieces. */
  copy(address: number, length: number): Held
  /** Holds a block of memory that the caller gives up. */
  adopt(address: number, length: number): Held
  /** The words, for as long as nothing else is held. */
  read(array: Held): Words
  /** Writes them to an address. */
  put(array: Held, address: number): void
  free(array: Held): void
}

/** 32-bit pieces from which on an array is worth a block: below, many short ones would cut the memory to pieces. */
const LONG = 64

/**
 * The longest are kept in memory, where programs find them, up to `most` bytes; beyond that the oldest move out. So
 * handles that were dropped without being released take no more than that: outside, the collector sees what they weigh,
 * and takes them whether or not the program ever pauses.
 */
export const arraysIn = (memory: EngineMemory, most: number): Arrays => {
  const inside = new Set<Moving>()
  let bytes = 0

  const view = (address: number, length: number): Words => memory.ints().subarray(address / 4, address / 4 + length)
  const copyOf = (address: number, length: number): Words => memory.ints().slice(address / 4, address / 4 + length)
  const leave = (array: Moving, address: number): void => {
    inside.delete(array)
    bytes -= array.length * 4
    memory.release(address)
  }
  const adopt = (address: number, length: number): Held => {
    const array: Moving = { length, place: { address } }
    if (length < LONG) {
      array.place = { words: copyOf(address, length) }
      memory.release(address)
      return array
    }
    inside.add(array)
    bytes += length * 4
    for (const oldest of inside) {
      if (bytes <= most) break
      if (!('address' in oldest.place)) continue
      const at = oldest.place.address
      oldest.place = { words: copyOf(at, oldest.length) }
      leave(oldest, at)
    }
    return array
  }
  return {
    adopt,
    copy: (from, length) => {
      if (length < LONG) return { length, place: { words: copyOf(from, length) } }
      const address = memory.allocate(length * 4)
      memory.ints().copyWithin(address / 4, from / 4, from / 4 + length)
      return adopt(address, length)
    },
    hold: (words) => {
      if (words.length < LONG) return { length: words.length, place: { words: words.slice() } }
      const address = memory.allocate(words.length * 4)
      memory.ints().set(words, address / 4)
      return adopt(address, words.length)
    },
    read: ({ place, length }) => ('words' in place ? place.words : view(place.address, length)),
    put: ({ place, length }, address) => {
      if ('words' in place) memory.ints().set(place.words, address / 4)
      else memory.ints().copyWithin(address / 4, place.address / 4, place.address / 4 + length)
    },
    free: (array) => {
      if ('address' in array.place) leave(array, array.place.address)
    },
  }
}

interface Moving extends Held {
  place: Held['place']
}
