import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const SHIFT = ['v128', 'i32'] as const

const broadcast = (value: number) => constantOf('v128', new Uint8Array(16).fill(value))

/** Sixteen 8-bit integers: bytes of booleans, and moving bytes about. */
export const i8x16 = {
  const: broadcast,
  ...family(
    'i8x16',
    {
      /** Byte i is byte `lanes[i]` of the 32 of a and b. */
      shuffle: rowWith('shuffle', simd(13), BINARY, 'v128'),
      /** Byte i is byte b[i] of a, 0 where b[i] >= 16. */
      swizzle: row(simd(14), BINARY, 'v128'),
      splat: row(simd(15), ['i32'], 'v128'),
      extractLaneS: rowWith('lane', simd(0x15), UNARY, 'i32'),
      extractLaneU: rowWith('lane', simd(0x16), UNARY, 'i32'),
      replaceLane: rowWith('lane', simd(0x17), ['v128', 'i32'], 'v128'),
      eq: row(simd(0x23), BINARY, 'v128'),
      ne: row(simd(0x24), BINARY, 'v128'),
      abs: row(simd(0x60), UNARY, 'v128'),
      neg: row(simd(0x61), UNARY, 'v128'),
      allTrue: row(simd(0x63), UNARY, 'i32'),
      bitmask: row(simd(0x64), UNARY, 'i32'),
      narrowI16x8S: row(simd(0x65), BINARY, 'v128'),
      narrowI16x8U: row(simd(0x66), BINARY, 'v128'),
      shl: row(simd(0x6b), SHIFT, 'v128'),
      shrS: row(simd(0x6c), SHIFT, 'v128'),
      shrU: row(simd(0x6d), SHIFT, 'v128'),
      add: row(simd(0x6e), BINARY, 'v128'),
      sub: row(simd(0x71), BINARY, 'v128'),
      minU: row(simd(0x77), BINARY, 'v128'),
      maxU: row(simd(0x79), BINARY, 'v128'),
    },
    broadcast,
  ),
}

/** 32-bit lanes of a and b in any order: lane i is lane `lanes[i]` of the 8. */
export const shuffle32 = (a: Parameters<typeof i8x16.shuffle>[0], b: typeof a, lanes: readonly number[]) =>
  i8x16.shuffle(
    a,
    b,
    lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  )
