import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { threefry2x32, threefryWords } from '../../src/random/threefry.ts'
import { describeGolden } from '../golden.ts'
import { slowThreefry } from './slowThreefry.ts'

type Pair = readonly [number, number]
interface KnownAnswer {
  readonly key: Pair
  readonly counter: Pair
  readonly output: Pair
}

const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1))

describe('threefry2x32', () => {
  test.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as [Pair, Pair, Pair][])('gives the published answer for key %o and counter %o', (key, counter, answer) => {
    expect(threefry2x32(key, counter)).toEqual(answer)
  })

  test('is the twenty rounds of the paper for every key and counter', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        expect(threefry2x32([a, b], [c, d])).toEqual(slowThreefry([a, b], [c, d]))
      }),
    )
  })

  test('reads a negative word as the same 32 bits', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        expect(threefry2x32([a | 0, b | 0], [c | 0, d | 0])).toEqual(threefry2x32([a, b], [c, d]))
      }),
    )
  })
})

describe('threefryWords', () => {
  test.each([Uint32Array, Int32Array, Float64Array])('writes word i & 1 of block i >> 1 into a %o', (Words) => {
    fc.assert(
      fc.property(word, word, fc.nat(9), fc.nat(3), fc.nat(3), (a, b, count, before, after) => {
        const into = new Words(before + count + after).fill(7)
        threefryWords(a, b, into, before, count)
        const expected = new Words(into.length).fill(7)
        for (let i = 0; i < count; i++) expected[before + i] = threefry2x32([a, b], [i >> 1, 0])[i & 1]!
        expect(into).toEqual(expected)
      }),
    )
  })

  test('refuses to write past the end', () => {
    expect(() => threefryWords(0, 0, new Uint32Array(3), 1, 3)).toThrow(
      '3 words from index 1 on do not fit an array of 3',
    )
  })
})

describeGolden<{ threefry2x32: { rows: readonly KnownAnswer[] } }>('special-functions.json', (golden) => {
  test('threefry2x32 gives every golden answer', () => {
    expect(golden.threefry2x32.rows.length).toBeGreaterThan(3)
    for (const { key, counter, output } of golden.threefry2x32.rows) expect(threefry2x32(key, counter)).toEqual(output)
  })
})
