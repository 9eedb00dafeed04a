import { threefry2x32 } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draws } from '../src/draws.ts'
import {
  explain,
  filterRows,
  htru2,
  modulusTen,
  type Split,
  splitAtRandom,
  splitByColumn,
  splitByModulus,
  table,
} from '../src/index.ts'
import { leftOf, rightOf } from './either.ts'

const counting = (rows: number) => table({ columns: ['i'], data: Float64Array.from({ length: rows }, (_, i) => i) })
const originsOf = ({ train, validation, test }: Split): number[] =>
  [train, validation, test].flatMap((part) => [...part.origin])

describe('splits', () => {
  const seed = fc.maxSafeNat()

  test('every row lands in exactly one part, in the order of the file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), seed, (rows, s) => {
        const parts = splitAtRandom({ seed: s, validation: 0.2, test: 0.3 })(counting(rows))
        expect(originsOf(parts).sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i))
        for (const part of [parts.train, parts.validation, parts.test]) {
          expect([...part.data]).toEqual([...part.origin])
          expect([...part.origin].sort((a, b) => a - b)).toEqual([...part.origin])
        }
      }),
    )
  })

  test('from three rows on, every share above 0 and training get a row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 50 }),
        seed,
        fc.double({ min: 0.001, max: 0.49, noNaN: true }),
        (rows, s, share) => {
          const parts = splitAtRandom({ seed: s, validation: share, test: share })(counting(rows))
          expect(Math.min(parts.train.rows, parts.validation.rows, parts.test.rows)).toBeGreaterThan(0)
        },
      ),
    )
  })

  test('one seed gives one split, another seed another', () => {
    const by = (s: number): number[] => originsOf(splitAtRandom({ seed: s, validation: 0.1, test: 0.1 })(counting(100)))
    expect(by(7)).toEqual(by(7))
    const distinct = new Set(Array.from({ length: 50 }, (_, s) => by(s).join()))
    expect(distinct.size).toBe(50)
    expect(by(1)).not.toEqual(by(1 + 2 ** 32))
  })

  test('every row is as likely to be tested as any other', () => {
    const hits = new Float64Array(20)
    const seeds = 4000
    for (let s = 0; s < seeds; s++)
      for (const i of splitAtRandom({ seed: s, validation: 0, test: 0.25 })(counting(20)).test.origin) hits[i]!++
    // Five of twenty: mean seeds/4, variance seeds · 3/16; 5 standard deviations over 20 rows fail once in 10^5.
    for (const n of hits) expect(Math.abs(n - seeds / 4)).toBeLessThan(5 * Math.sqrt((seeds * 3) / 16))
  })

  test('HTRU2 by modulus 10 has 14,320, 1,789 and 1,789 rows with 1,304, 180 and 155 pulsars', async () => {
    const { train, validation, test } = splitByModulus(modulusTen)(rightOf(await htru2()()))
    const pulsars = (t: typeof train): number => t.labels.target_class!.filter((kind) => kind === 'pulsar').length
    expect([train, validation, test].map((t) => [t.rows, pulsars(t)])).toEqual([
      [14_320, 1304],
      [1789, 180],
      [1789, 155],
    ])
    expect(validation.origin[0]).toBe(8)
    expect(test.origin[0]).toBe(9)
  })

  test('a row keeps its part by modulus when other rows are filtered out first', () => {
    const odd = filterRows((row) => row.index % 2 === 1)
    const after = splitByModulus(modulusTen)(odd(counting(100)))
    const before = splitByModulus(modulusTen)(counting(100))
    expect([...after.test.origin]).toEqual([...before.test.origin].filter((i) => i % 2 === 1))
    expect(after.validation.rows).toBe(0)
  })

  test('a column says where each row goes, and a word it does not know is named with its row', () => {
    const data = Float64Array.of(0, 1, 2, 3)
    const by = (words: string[]) => splitByColumn('part')(table({ columns: ['i'], data, labels: { part: words } }))
    const { train, validation, test } = rightOf(by(['test', 'Train', 'val', 'train']))
    expect([train, validation, test].map((t) => [...t.data])).toEqual([[1, 3], [2], [0]])
    expect(explain(leftOf(by(['test', 'train', 'constructor', 'train'])))).toContain(
      'row 2: column "part" says "constructor"',
    )
  })

  test('a split that cannot be throws', () => {
    expect(() => splitAtRandom({ seed: 0, validation: 0.5, test: 0.5 })).toThrow('together below 1')
    expect(() => splitAtRandom({ seed: -1, validation: 0.1, test: 0.1 })).toThrow('whole number')
    expect(() => splitByModulus({ modulus: 10, validation: 9, test: 9 })).toThrow('two different remainders')
    expect(() => splitByModulus({ modulus: 10, validation: 8, test: 10 })).toThrow('two different remainders')
  })
})

describe('draws', () => {
  test('a uniform number is the first 52 bits of its Threefry block, never 0 or 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(), fc.nat(), (seed, row, slot) => {
        const key = threefry2x32([seed >>> 0, Math.floor(seed / 2 ** 32)], [0x64617461, 0])
        const [high, low] = threefry2x32(key, [row, slot])
        const bits = (BigInt(high >>> 0) << 20n) | BigInt(low >>> 12)
        const u = draws(seed).uniform(row, slot)
        expect(u).toBe((Number(bits) + 0.5) / 2 ** 52)
        expect(u > 0 && u < 1).toBe(true)
      }),
    )
  })

  test('normal numbers have the moments of a standard normal', () => {
    const n = 40_000
    const { normal } = draws(3)
    const x = Float64Array.from({ length: n }, (_, i) => normal(i, 0))
    const mean = (power: number): number => x.reduce((sum, v) => sum + v ** power, 0) / n
    // Variances of the first four powers of a standard normal: 1, 2, 15, 96.
    ;[0, 1, 0, 3].forEach((expected, k) => {
      expect(Math.abs(mean(k + 1) - expected)).toBeLessThan(4 * Math.sqrt([1, 2, 15, 96][k]! / n))
    })
  })
})
