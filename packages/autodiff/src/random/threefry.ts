/** Where words are written: as they are, wrapped to int32, or as float64 numbers from 0 to 2^32 - 1. */
export type WordArray = Uint32Array | Int32Array | Float64Array

/** Salmon et al. 2011, §4.2: the constant that keeps an all-zero key from giving an all-zero last key word. */
const PARITY = 0x1bd11bda

/**
 * The counter-based generator Threefry-2x32 with 20 rounds: a block cipher that turns a counter into two random words.
 * The same key and counter give the same words everywhere; different counters give independent words.
 *
 * - `key`, `counter`, result: pairs of uint32 words (negative int32 values mean the same bits).
 *
 * @see Salmon, Moraes, Dror, Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, §4.2 and table 2
 * @example
 * threefry2x32([0, 0], [0, 0]) // => [0x6b200159, 0x99ba4efe]
 */
export const threefry2x32 = (
  key: readonly [number, number],
  counter: readonly [number, number],
): readonly [number, number] => {
  const words = new Uint32Array(2)
  writeBlock(key[0], key[1], counter[0], counter[1], words, 0)
  return [words[0]!, words[1]!]
}

/**
 * The first `count` random words of a key, written from `into[at]` on, without allocating: word i is
 * `threefry2x32(key, [i >> 1, 0])[i & 1]`. So a longer stream begins with the shorter one.
 *
 * - `key0`, `key1`: the key's words. `count`: up to 2^32, the words to write; nothing else in `into` is touched.
 */
export const threefryWords = (
  key0: number,
  key1: number,
  into: WordArray,
  at = 0,
  count: number = into.length - at,
): void => {
  if (at < 0 || count < 0 || at + count > into.length)
    throw new RangeError(`threefryWords: ${count} words from index ${at} on do not fit an array of ${into.length}.`)
  const blocks = Math.floor(count / 2)
  for (let block = 0; block < blocks; block++) writeBlock(key0, key1, block, 0, into, at + 2 * block)
  // An odd count takes one word of its last block; the other must not land on the neighbour.
  if (count % 2 === 1) {
    writeBlock(key0, key1, blocks, 0, lastBlock, 0)
    into[at + count - 1] = lastBlock[0]!
  }
}

const lastBlock = new Uint32Array(2)

/** One block: the rounds in groups of four, each followed by a key word and the group's number; two groups a turn. */
const writeBlock = (
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  into: WordArray,
  at: number,
): void => {
  let a = key0 | 0
  let b = key1 | 0
  let c = a ^ b ^ PARITY
  let x = (counter0 + a) | 0
  let y = (counter1 + b) | 0
  for (let group = 1; ; group += 2) {
    x = (x + y) | 0
    y = x ^ ((y << 13) | (y >>> 19))
    x = (x + y) | 0
    y = x ^ ((y << 15) | (y >>> 17))
    x = (x + y) | 0
    y = x ^ ((y << 26) | (y >>> 6))
    x = (x + y) | 0
    y = x ^ ((y << 6) | (y >>> 26))
    x = (x + b) | 0
    y = (y + c + group) | 0
    if (group === 5) break
    x = (x + y) | 0
    y = x ^ ((y << 17) | (y >>> 15))
    x = (x + y) | 0
    y = x ^ ((y << 29) | (y >>> 3))
    x = (x + y) | 0
    y = x ^ ((y << 16) | (y >>> 16))
    x = (x + y) | 0
    y = x ^ ((y << 24) | (y >>> 8))
    x = (x + c) | 0
    y = (y + a + group + 1) | 0
    // The three key words take turns: two groups on, each has moved on by two.
    const first = a
    a = c
    c = b
    b = first
  }
  into[at] = x >>> 0
  into[at + 1] = y >>> 0
}
