import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const SHIFT = ['v128', 'i32'] as const

const broadcast = (value: bigint) => constantOf('v128', new Uint8Array(new BigInt64Array(2).fill(value).buffer))

/** Two 64-bit integers. A bigint as an operand stands in both; comparisons give lanes of ones or zeros. */
export const i64x2 = {
  const: broadcast,
  ...family(
    'i64x2',
    {
      splat: row(simd(0x12), ['i64'], 'v128'),
      extractLane: rowWith('lane', simd(0x1d), UNARY, 'i64'),
      replaceLane: rowWith('lane', simd(0x1e), ['v128', 'i64'], 'v128'),
      abs: row(simd(0xc0), UNARY, 'v128'),
      neg: row(simd(0xc1), UNARY, 'v128'),
      allTrue: row(simd(0xc3), UNARY, 'i32'),
      bitmask: row(simd(0xc4), UNARY, 'i32'),
      extendLowI32x4S: row(simd(0xc7), UNARY, 'v128'),
      extendHighI32x4S: row(simd(0xc8), UNARY, 'v128'),
      extendLowI32x4U: row(simd(0xc9), UNARY, 'v128'),
      extendHighI32x4U: row(simd(0xca), UNARY, 'v128'),
      shl: row(simd(0xcb), SHIFT, 'v128'),
      shrS: row(simd(0xcc), SHIFT, 'v128'),
      shrU: row(simd(0xcd), SHIFT, 'v128'),
      add: row(simd(0xce), BINARY, 'v128'),
      sub: row(simd(0xd1), BINARY, 'v128'),
      mul: row(simd(0xd5), BINARY, 'v128'),
      eq: row(simd(0xd6), BINARY, 'v128'),
      ne: row(simd(0xd7), BINARY, 'v128'),
      ltS: row(simd(0xd8), BINARY, 'v128'),
      gtS: row(simd(0xd9), BINARY, 'v128'),
      leS: row(simd(0xda), BINARY, 'v128'),
      geS: row(simd(0xdb), BINARY, 'v128'),
      /** Products of 32-bit lanes in full, lanes 0 and 1 or 2 and 3. */
      extmulLowI32x4S: row(simd(0xdc), BINARY, 'v128'),
      extmulHighI32x4S: row(simd(0xdd), BINARY, 'v128'),
      extmulLowI32x4U: row(simd(0xde), BINARY, 'v128'),
      extmulHighI32x4U: row(simd(0xdf), BINARY, 'v128'),
      relaxedLaneselect: row(simd(0x10c), ['v128', 'v128', 'v128'], 'v128'),
    },
    broadcast,
  ),
}
