import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const TERNARY = ['v128', 'v128', 'v128'] as const

const broadcast = (value: number) => constantOf('v128', new Uint8Array(new Float64Array(2).fill(value).buffer))

/** Two 64-bit floats; otherwise as `f32x4`. */
export const f64x2 = {
  const: broadcast,
  ...family(
    'f64x2',
    {
      splat: row(simd(0x14), ['f64'], 'v128'),
      extractLane: rowWith('lane', simd(0x21), UNARY, 'f64'),
      replaceLane: rowWith('lane', simd(0x22), ['v128', 'f64'], 'v128'),
      eq: row(simd(0x47), BINARY, 'v128'),
      ne: row(simd(0x48), BINARY, 'v128'),
      lt: row(simd(0x49), BINARY, 'v128'),
      gt: row(simd(0x4a), BINARY, 'v128'),
      le: row(simd(0x4b), BINARY, 'v128'),
      ge: row(simd(0x4c), BINARY, 'v128'),
      ceil: row(simd(0x74), UNARY, 'v128'),
      floor: row(simd(0x75), UNARY, 'v128'),
      trunc: row(simd(0x7a), UNARY, 'v128'),
      nearest: row(simd(0x94), UNARY, 'v128'),
      abs: row(simd(0xec), UNARY, 'v128'),
      neg: row(simd(0xed), UNARY, 'v128'),
      sqrt: row(simd(0xef), UNARY, 'v128'),
      add: row(simd(0xf0), BINARY, 'v128'),
      sub: row(simd(0xf1), BINARY, 'v128'),
      mul: row(simd(0xf2), BINARY, 'v128'),
      div: row(simd(0xf3), BINARY, 'v128'),
      min: row(simd(0xf4), BINARY, 'v128'),
      max: row(simd(0xf5), BINARY, 'v128'),
      pmin: row(simd(0xf6), BINARY, 'v128'),
      pmax: row(simd(0xf7), BINARY, 'v128'),
      /** The two lower lanes. */
      convertLowI32x4S: row(simd(0xfe), UNARY, 'v128'),
      convertLowI32x4U: row(simd(0xff), UNARY, 'v128'),
      promoteLowF32x4: row(simd(0x5f), UNARY, 'v128'),
      relaxedMadd: row(simd(0x107), TERNARY, 'v128'),
      relaxedNmadd: row(simd(0x108), TERNARY, 'v128'),
      relaxedMin: row(simd(0x10f), BINARY, 'v128'),
      relaxedMax: row(simd(0x110), BINARY, 'v128'),
    },
    broadcast,
  ),
}
