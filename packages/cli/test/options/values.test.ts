import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { condition, names, positive, seed, split, whole, widths } from '../../src/options/values.ts'

const refused = (parse: () => unknown): string => {
  try {
    parse()
  } catch (thrown) {
    return (thrown as Error).message
  }
  return 'not refused'
}

describe('numbers', () => {
  test('a whole number from its least on is taken as it is, everything else is refused by name of what was expected', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(whole(0)(String(n))).toBe(n)
      }),
    )
    for (const text of ['', '1.5', '-1', '0x10', '1e400', 'NaN', 'Infinity', '7 ', '1,000'])
      expect(refused(() => whole(1)(text))).toBe('Expected a whole number from 1 on.')
  })

  test('a seed is any number that a 32-bit key takes', () => {
    expect([seed('0'), seed('4294967295')]).toEqual([0, 4294967295])
    expect(refused(() => seed('4294967296'))).toBe('Expected a whole number from 0 to 4294967295.')
  })

  test('a positive number may be written with an exponent, and is finite', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(positive(String(x))).toBe(x)
      }),
    )
    for (const text of ['0', '-1', 'inf', '']) expect(refused(() => positive(text))).toBe('Expected a number above 0.')
  })

  test('widths are separated by commas', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }), (ns) => {
        expect(widths(ns.join(','))).toEqual(ns)
      }),
    )
    expect(refused(() => widths('64,'))).toContain('64,64')
  })
})

describe('names of columns', () => {
  test('a list of names comes back as it was written, names with commas in quotes', () => {
    const name = fc.string({ minLength: 1 }).filter((s) => !s.includes('"') && s.trim() === s && s !== '')
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (list) => {
        const text = list.map((s) => (s.includes(',') ? `"${s}"` : s)).join(',')
        expect(names(text)).toEqual(list)
      }),
    )
    expect(names('ra, dec ,"a, b"')).toEqual(['ra', 'dec', 'a, b'])
  })

  test('a name that comes twice and an empty list are refused', () => {
    expect(refused(() => names('a,b,a'))).toBe('Expected every column once, found "a" twice.')
    expect(refused(() => names(''))).toContain('Expected column names')
  })
})

test('a condition splits at its first sign, so values may hold others', () => {
  expect(condition('class=a=b')).toEqual({ column: 'class', equal: true, value: 'a=b' })
  expect(condition('class != 7')).toEqual({ column: 'class', equal: false, value: '7' })
  expect(condition('class=')).toEqual({ column: 'class', equal: true, value: '' })
  expect(refused(() => condition('class'))).toContain('COLUMN=VALUE')
})

test('a split is random, by modulus or by a column', () => {
  expect(split('random')).toEqual({ kind: 'random', seed: 0 })
  expect(split('random:7')).toEqual({ kind: 'random', seed: 7 })
  expect(split('modulus')).toEqual({ kind: 'modulus' })
  expect(split('column:set: a')).toEqual({ kind: 'column', column: 'set: a' })
  for (const text of ['modulus:10', 'column', 'column:', 'half', ''])
    expect(refused(() => split(text))).toBe('Expected random, random:SEED, modulus or column:NAME.')
})
