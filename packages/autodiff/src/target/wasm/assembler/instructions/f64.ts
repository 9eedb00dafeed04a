import { constantOf, family, row, rowWith } from '../instruction.ts'

const UNARY = ['f64'] as const
const BINARY = ['f64', 'f64'] as const

/** 64-bit floats. `min` and `max` give NaN if either operand is NaN, and order -0 before 0. */
export const f64 = {
  const: (value: number) => constantOf('f64', value),
  ...family('f64', {
    eq: row([0x61], BINARY, 'i32'),
    ne: row([0x62], BINARY, 'i32'),
    lt: row([0x63], BINARY, 'i32'),
    gt: row([0x64], BINARY, 'i32'),
    le: row([0x65], BINARY, 'i32'),
    ge: row([0x66], BINARY, 'i32'),
    abs: row([0x99], UNARY, 'f64'),
    neg: row([0x9a], UNARY, 'f64'),
    ceil: row([0x9b], UNARY, 'f64'),
    floor: row([0x9c], UNARY, 'f64'),
    trunc: row([0x9d], UNARY, 'f64'),
    /** To the nearest integer, halves to the even one. */
    nearest: row([0x9e], UNARY, 'f64'),
    sqrt: row([0x9f], UNARY, 'f64'),
    add: row([0xa0], BINARY, 'f64'),
    sub: row([0xa1], BINARY, 'f64'),
    mul: row([0xa2], BINARY, 'f64'),
    div: row([0xa3], BINARY, 'f64'),
    min: row([0xa4], BINARY, 'f64'),
    max: row([0xa5], BINARY, 'f64'),
    copysign: row([0xa6], BINARY, 'f64'),
    convertI32S: row([0xb7], ['i32'], 'f64'),
    convertI32U: row([0xb8], ['i32'], 'f64'),
    convertI64S: row([0xb9], ['i64'], 'f64'),
    convertI64U: row([0xba], ['i64'], 'f64'),
    promoteF32: row([0xbb], ['f32'], 'f64'),
    reinterpretI64: row([0xbf], ['i64'], 'f64'),
    load: rowWith('memory', [0x2b], ['i32'], 'f64', 8),
    store: rowWith('memory', [0x39], ['i32', 'f64'], 'none', 8),
  }),
}
