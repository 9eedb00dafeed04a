import { constantOf, family, row, rowWith, simd } from '../instruction.ts'

const UNARY = ['v128'] as const
const BINARY = ['v128', 'v128'] as const
const TERNARY = ['v128', 'v128', 'v128'] as const

const broadcast = (value: number) => constantOf('v128', new Uint8Array(new Float32Array(4).fill(value).buffer))

/**
 * Four 32-bit floats. A number as an operand stands in all four. Comparisons give lanes of ones or zeros. `min` and
 * `max` give NaN if either is NaN; `pmin(a, b)` is `b < a ? b : a`, so it keeps a NaN of the first operand only.
 */
export const f32x4 = {
  const: broadcast,
  ...family(
    'f32x4',
    {
      splat: row(simd(0x13), ['f32'], 'v128'),
      extractLane: rowWith('lane', simd(0x1f), UNARY, 'f32'),
      replaceLane: rowWith('lane', simd(0x20), ['v128', 'f32'], 'v128'),
      eq: row(simd(0x41), BINARY, 'v128'),
      ne: row(simd(0x42), BINARY, 'v128'),
      lt: row(simd(0x43), BINARY, 'v128'),
      gt: row(simd(0x44), BINARY, 'v128'),
      le: row(simd(0x45), BINARY, 'v128'),
      ge: row(simd(0x46), BINARY, 'v128'),
      ceil: row(simd(0x67), UNARY, 'v128'),
      floor: row(simd(0x68), UNARY, 'v128'),
      trunc: row(simd(0x69), UNARY, 'v128'),
      nearest: row(simd(0x6a), UNARY, 'v128'),
      abs: row(simd(0xe0), UNARY, 'v128'),
      neg: row(simd(0xe1), UNARY, 'v128'),
      sqrt: row(simd(0xe3), UNARY, 'v128'),
      add: row(simd(0xe4), BINARY, 'v128'),
      sub: row(simd(0xe5), BINARY, 'v128'),
      mul: row(simd(0xe6), BINARY, 'v128'),
      div: row(simd(0xe7), BINARY, 'v128'),
      min: row(simd(0xe8), BINARY, 'v128'),
      max: row(simd(0xe9), BINARY, 'v128'),
      pmin: row(simd(0xea), BINARY, 'v128'),
      pmax: row(simd(0xeb), BINARY, 'v128'),
      convertI32x4S: row(simd(0xfa), UNARY, 'v128'),
      convertI32x4U: row(simd(0xfb), UNARY, 'v128'),
      /** Two 64-bit floats, then two zeros. */
      demoteF64x2Zero: row(simd(0x5e), UNARY, 'v128'),
      /** a b + c, rounded once or twice as the machine likes. */
      relaxedMadd: row(simd(0x105), TERNARY, 'v128'),
      /** c - a b, rounded once or twice as the machine likes. */
      relaxedNmadd: row(simd(0x106), TERNARY, 'v128'),
      relaxedMin: row(simd(0x10d), BINARY, 'v128'),
      relaxedMax: row(simd(0x10e), BINARY, 'v128'),
    },
    broadcast,
  ),
}
