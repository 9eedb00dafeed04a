import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const LOAD = ['i32'] as const
const STORE = ['i32', 'v128'] as const

/** Vectors as 128 bits. */
export const v128 = {
  /** The 16 bytes, lowest first. */
  const: (bytes: Uint8Array) => constantOf('v128', bytes),
  ...family('v128', {
    load: rowWith('memory', simd(0), LOAD, 'v128', 16),
    load8x8S: rowWith('memory', simd(1), LOAD, 'v128', 8),
    load8x8U: rowWith('memory', simd(2), LOAD, 'v128', 8),
    load16x4S: rowWith('memory', simd(3), LOAD, 'v128', 8),
    load16x4U: rowWith('memory', simd(4), LOAD, 'v128', 8),
    load32x2S: rowWith('memory', simd(5), LOAD, 'v128', 8),
    load32x2U: rowWith('memory', simd(6), LOAD, 'v128', 8),
    load8Splat: rowWith('memory', simd(7), LOAD, 'v128', 1),
    load16Splat: rowWith('memory', simd(8), LOAD, 'v128', 2),
    load32Splat: rowWith('memory', simd(9), LOAD, 'v128', 4),
    load64Splat: rowWith('memory', simd(10), LOAD, 'v128', 8),
    load32Zero: rowWith('memory', simd(0x5c), LOAD, 'v128', 4),
    load64Zero: rowWith('memory', simd(0x5d), LOAD, 'v128', 8),
    store: rowWith('memory', simd(11), STORE, 'none', 16),
    // Lane loads give the vector with that lane replaced.
    load8Lane: rowWith('memoryLane', simd(0x54), STORE, 'v128', 1),
    load16Lane: rowWith('memoryLane', simd(0x55), STORE, 'v128', 2),
    load32Lane: rowWith('memoryLane', simd(0x56), STORE, 'v128', 4),
    load64Lane: rowWith('memoryLane', simd(0x57), STORE, 'v128', 8),
    store8Lane: rowWith('memoryLane', simd(0x58), STORE, 'none', 1),
    store16Lane: rowWith('memoryLane', simd(0x59), STORE, 'none', 2),
    store32Lane: rowWith('memoryLane', simd(0x5a), STORE, 'none', 4),
    store64Lane: rowWith('memoryLane', simd(0x5b), STORE, 'none', 8),
    not: row(simd(0x4d), UNARY, 'v128'),
    and: row(simd(0x4e), BINARY, 'v128'),
    /** a and not b. */
    andnot: row(simd(0x4f), BINARY, 'v128'),
    or: row(simd(0x50), BINARY, 'v128'),
    xor: row(simd(0x51), BINARY, 'v128'),
    /** a where the mask's bit is 1, b elsewhere: operands a, b, mask. */
    bitselect: row(simd(0x52), ['v128', 'v128', 'v128'], 'v128'),
    anyTrue: row(simd(0x53), UNARY, 'i32'),
  }),
}
