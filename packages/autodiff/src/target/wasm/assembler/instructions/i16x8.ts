import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const SHIFT = ['v128', 'i32'] as const

const broadcast = (value: number) => constantOf('v128', new Uint8Array(new Int16Array(8).fill(value).buffer))

/** Eight 16-bit integers: the way between bytes and 32-bit lanes. */
export const i16x8 = {
  const: broadcast,
  ...family(
    'i16x8',
    {
      splat: row(simd(16), ['i32'], 'v128'),
      extractLaneS: rowWith('lane', simd(0x18), UNARY, 'i32'),
      extractLaneU: rowWith('lane', simd(0x19), UNARY, 'i32'),
      replaceLane: rowWith('lane', simd(0x1a), ['v128', 'i32'], 'v128'),
      narrowI32x4S: row(simd(0x85), BINARY, 'v128'),
      narrowI32x4U: row(simd(0x86), BINARY, 'v128'),
      extendLowI8x16S: row(simd(0x87), UNARY, 'v128'),
      extendHighI8x16S: row(simd(0x88), UNARY, 'v128'),
      extendLowI8x16U: row(simd(0x89), UNARY, 'v128'),
      extendHighI8x16U: row(simd(0x8a), UNARY, 'v128'),
      shl: row(simd(0x8b), SHIFT, 'v128'),
      shrS: row(simd(0x8c), SHIFT, 'v128'),
      shrU: row(simd(0x8d), SHIFT, 'v128'),
      add: row(simd(0x8e), BINARY, 'v128'),
      sub: row(simd(0x91), BINARY, 'v128'),
      mul: row(simd(0x95), BINARY, 'v128'),
    },
    broadcast,
  ),
}
