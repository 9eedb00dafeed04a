import { constantOf, family, row, rowWith } from '../instruction.ts'

const UNARY = ['f32'] as const
const BINARY = ['f32', 'f32'] as const

/** 32-bit floats. `min` and `max` give NaN if either operand is NaN, and order -0 before 0. */
export const f32 = {
  const: (value: number) => constantOf('f32', value),
  ...family('f32', {
    eq: row([0x5b], BINARY, 'i32'),
    ne: row([0x5c], BINARY, 'i32'),
    lt: row([0x5d], BINARY, 'i32'),
    gt: row([0x5e], BINARY, 'i32'),
    le: row([0x5f], BINARY, 'i32'),
    ge: row([0x60], BINARY, 'i32'),
    abs: row([0x8b], UNARY, 'f32'),
    neg: row([0x8c], UNARY, 'f32'),
    ceil: row([0x8d], UNARY, 'f32'),
    floor: row([0x8e], UNARY, 'f32'),
    trunc: row([0x8f], UNARY, 'f32'),
    /** To the nearest integer, halves to the even one. */
    nearest: row([0x90], UNARY, 'f32'),
    sqrt: row([0x91], UNARY, 'f32'),
    add: row([0x92], BINARY, 'f32'),
    sub: row([0x93], BINARY, 'f32'),
    mul: row([0x94], BINARY, 'f32'),
    div: row([0x95], BINARY, 'f32'),
    min: row([0x96], BINARY, 'f32'),
    max: row([0x97], BINARY, 'f32'),
    copysign: row([0x98], BINARY, 'f32'),
    convertI32S: row([0xb2], ['i32'], 'f32'),
    convertI32U: row([0xb3], ['i32'], 'f32'),
    convertI64S: row([0xb4], ['i64'], 'f32'),
    convertI64U: row([0xb5], ['i64'], 'f32'),
    demoteF64: row([0xb6], ['f64'], 'f32'),
    reinterpretI32: row([0xbe], ['i32'], 'f32'),
    load: rowWith('memory', [0x2a], ['i32'], 'f32', 4),
    store: rowWith('memory', [0x38], ['i32', 'f32'], 'none', 4),
  }),
}
