import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const SHIFT = ['v128', 'i32'] as const

const broadcast = (value: number) => constantOf('v128', new Uint8Array(new Int32Array(4).fill(value).buffer))

/** Four 32-bit integers. A number as an operand stands in all four; comparisons give lanes of ones or zeros. */
export const i32x4 = {
  const: broadcast,
  ...family(
    'i32x4',
    {
      splat: row(simd(0x11), ['i32'], 'v128'),
      extractLane: rowWith('lane', simd(0x1b), UNARY, 'i32'),
      replaceLane: rowWith('lane', simd(0x1c), ['v128', 'i32'], 'v128'),
      eq: row(simd(0x37), BINARY, 'v128'),
      ne: row(simd(0x38), BINARY, 'v128'),
      ltS: row(simd(0x39), BINARY, 'v128'),
      ltU: row(simd(0x3a), BINARY, 'v128'),
      gtS: row(simd(0x3b), BINARY, 'v128'),
      gtU: row(simd(0x3c), BINARY, 'v128'),
      leS: row(simd(0x3d), BINARY, 'v128'),
      leU: row(simd(0x3e), BINARY, 'v128'),
      geS: row(simd(0x3f), BINARY, 'v128'),
      geU: row(simd(0x40), BINARY, 'v128'),
      abs: row(simd(0xa0), UNARY, 'v128'),
      neg: row(simd(0xa1), UNARY, 'v128'),
      allTrue: row(simd(0xa3), UNARY, 'i32'),
      /** The lanes' top bits, lane 0 lowest. */
      bitmask: row(simd(0xa4), UNARY, 'i32'),
      extendLowI16x8S: row(simd(0xa7), UNARY, 'v128'),
      extendHighI16x8S: row(simd(0xa8), UNARY, 'v128'),
      extendLowI16x8U: row(simd(0xa9), UNARY, 'v128'),
      extendHighI16x8U: row(simd(0xaa), UNARY, 'v128'),
      shl: row(simd(0xab), SHIFT, 'v128'),
      shrS: row(simd(0xac), SHIFT, 'v128'),
      shrU: row(simd(0xad), SHIFT, 'v128'),
      add: row(simd(0xae), BINARY, 'v128'),
      sub: row(simd(0xb1), BINARY, 'v128'),
      mul: row(simd(0xb5), BINARY, 'v128'),
      minS: row(simd(0xb6), BINARY, 'v128'),
      minU: row(simd(0xb7), BINARY, 'v128'),
      maxS: row(simd(0xb8), BINARY, 'v128'),
      maxU: row(simd(0xb9), BINARY, 'v128'),
      /** NaN becomes 0; what is too large becomes the nearest integer there is. */
      truncSatF32x4S: row(simd(0xf8), UNARY, 'v128'),
      truncSatF32x4U: row(simd(0xf9), UNARY, 'v128'),
      /** Two integers, then two zeros. */
      truncSatF64x2SZero: row(simd(0xfc), UNARY, 'v128'),
      truncSatF64x2UZero: row(simd(0xfd), UNARY, 'v128'),
      /** As `truncSat…` for floats that fit; whatever the machine gives for others. */
      relaxedTruncF32x4S: row(simd(0x101), UNARY, 'v128'),
      relaxedTruncF32x4U: row(simd(0x102), UNARY, 'v128'),
      relaxedTruncF64x2SZero: row(simd(0x103), UNARY, 'v128'),
      relaxedTruncF64x2UZero: row(simd(0x104), UNARY, 'v128'),
      /** a where the mask's lane is all ones, b where it is all zeros: operands a, b, mask. */
      relaxedLaneselect: row(simd(0x10b), ['v128', 'v128', 'v128'], 'v128'),
    },
    broadcast,
  ),
}
