import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytes } from '../../../../src/target/wasm/assembler/bytes.ts'

/** The number that LEB128 bytes stand for, read as the specification's sum: seven bits a byte, lowest first. */
const decoded = (run: Uint8Array, signed: boolean): bigint => {
  const value = run.reduce((sum, byte, i) => sum + (BigInt(byte & 0x7f) << BigInt(7 * i)), 0n)
  const negative = signed && (run.at(-1)! & 0x40) !== 0
  return negative ? value - (1n << BigInt(7 * run.length)) : value
}
const continues = (run: Uint8Array): boolean => run.every((byte, i) => byte >= 0x80 === i < run.length - 1)

test('unsigned numbers are read back from no more bytes than they need', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 })), (n) => {
      const out = bytes()
      out.unsigned(n)
      const run = out.done()
      expect(decoded(run, false)).toBe(BigInt(n))
      expect(continues(run)).toBe(true)
      expect(run.length).toBe(Math.max(1, Math.ceil(n.toString(2).length / 7)))
    }),
    { numRuns: 1000 },
  )
})

test('signed numbers of 32 and 64 bits are read back from no more bytes than they need', () => {
  const small = fc.integer({ min: -300, max: 300 })
  fc.assert(
    fc.property(
      fc.oneof(small, fc.integer(), small.map(BigInt), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      (n) => {
        const out = bytes()
        out.signed(n)
        const run = out.done()
        expect(decoded(run, true)).toBe(BigInt(n))
        expect(continues(run)).toBe(true)
        // A sign and the digits of n, or of -1 - n.
        const digits = (n < 0 ? -1n - BigInt(n) : BigInt(n)).toString(2)
        expect(run.length).toBe(Math.ceil((digits === '0' ? 1 : digits.length + 1) / 7))
      },
    ),
    { numRuns: 1000 },
  )
})

test('a 32-bit number may be written signed or unsigned', () => {
  const [a, b] = [bytes(), bytes()]
  a.signed(0xffffffff)
  b.signed(-1)
  expect(a.done()).toEqual(b.done())
})

test('names are counted in bytes', () => {
  const out = bytes()
  out.name('größe')
  expect([...out.done()]).toEqual([7, 0x67, 0x72, 0xc3, 0xb6, 0xc3, 0x9f, 0x65])
})

test('many small writes are all kept', () => {
  const out = bytes()
  for (let i = 0; i < 100_000; i++) out.byte(i & 0xff)
  out.raw(Uint8Array.of(1, 2, 3))
  const run = out.done()
  expect(run).toHaveLength(100_003)
  expect(run.every((byte, i) => byte === (i < 100_000 ? i & 0xff : i - 99_999))).toBe(true)
})
