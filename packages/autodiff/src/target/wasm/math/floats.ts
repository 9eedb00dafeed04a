import { type Code, f32x4, f64x2, i32x4, i64x2, v128 } from '../assembler/index.ts'

export type Vector = Code<'v128'>
/** A number stands in all lanes. */
export type Operand = Vector | number

/**
 * Vectors of one float format: the words in which functions are written once for all formats. Masks are lanes of ones
 * or zeros; what is called bits are the same vectors taken as integers of the lanes' width.
 */
export interface Floats {
  readonly format: FormatName
  /** Lanes of a vector. */
  readonly lanes: number
  readonly constant: (value: number) => Vector
  readonly add: (a: Operand, b: Operand) => Vector
  readonly sub: (a: Operand, b: Operand) => Vector
  readonly mul: (a: Operand, b: Operand) => Vector
  readonly div: (a: Operand, b: Operand) => Vector
  /** a b + c and c - a b, rounded once where that is fast and allowed, else twice. */
  readonly madd: (a: Operand, b: Operand, c: Operand) => Vector
  readonly nmadd: (a: Operand, b: Operand, c: Operand) => Vector
  readonly neg: (a: Operand) => Vector
  readonly abs: (a: Operand) => Vector
  readonly sqrt: (a: Operand) => Vector
  readonly floor: (a: Operand) => Vector
  /** The nearest integer, the even one of two. */
  readonly nearest: (a: Operand) => Vector
  /** min and max with a limit that is no NaN, one machine instruction each: a NaN of `a` is kept, one of `limit` dropped. */
  readonly atMost: (a: Operand, limit: Operand) => Vector
  readonly atLeast: (a: Operand, limit: Operand) => Vector
  readonly eq: (a: Operand, b: Operand) => Vector
  readonly ne: (a: Operand, b: Operand) => Vector
  readonly lt: (a: Operand, b: Operand) => Vector
  readonly le: (a: Operand, b: Operand) => Vector
  readonly gt: (a: Operand, b: Operand) => Vector
  readonly ge: (a: Operand, b: Operand) => Vector
  readonly bits: Bits
  readonly and: (a: Vector, b: Vector) => Vector
  readonly or: (a: Vector, b: Vector) => Vector
  readonly xor: (a: Vector, b: Vector) => Vector
  readonly not: (a: Vector) => Vector
  /** `yes` where the mask is ones, `no` where it is zeros. */
  readonly select: (mask: Vector, yes: Operand, no: Operand) => Vector
  readonly anyTrue: (mask: Vector) => Code<'i32'>
  readonly layout: Layout
}
export type FormatName = 'f32' | 'f64'

/** A vector taken as integers; a number or bigint stands in all lanes. */
export interface Bits {
  readonly constant: (value: bigint) => Vector
  readonly add: (a: Vector, b: Vector) => Vector
  readonly sub: (a: Vector, b: Vector) => Vector
  readonly eq: (a: Vector, b: Vector) => Vector
  readonly shl: (a: Vector, by: number) => Vector
  readonly shrU: (a: Vector, by: number) => Vector
}

/** How a format's bits are divided. */
export interface Layout {
  readonly width: number
  /** Bits of the fraction. */
  readonly fraction: number
  /** The exponent field of 1. */
  readonly bias: number
}

export interface FloatOptions {
  /** False: products are rounded before they are added, so that all machines give the same bits. */
  readonly fma: boolean
}

/** Four 32-bit floats. */
export const float32 = ({ fma }: FloatOptions): Floats => ({
  format: 'f32',
  lanes: 4,
  layout: { width: 32, fraction: 23, bias: 127 },
  ...arithmetic(f32x4, fma),
  bits: {
    ...i32x4,
    constant: (value) => i32x4.const(Number(BigInt.asIntN(32, value))),
  },
  ...logic,
  select: (mask, yes, no) =>
    fma
      ? i32x4.relaxedLaneselect(vector(f32x4, yes), vector(f32x4, no), mask)
      : v128.bitselect(vector(f32x4, yes), vector(f32x4, no), mask),
})

/** Two 64-bit floats. */
export const float64 = ({ fma }: FloatOptions): Floats => ({
  format: 'f64',
  lanes: 2,
  layout: { width: 64, fraction: 52, bias: 1023 },
  ...arithmetic(f64x2, fma),
  bits: { ...i64x2, constant: (value) => i64x2.const(BigInt.asIntN(64, value)) },
  ...logic,
  select: (mask, yes, no) =>
    fma
      ? i64x2.relaxedLaneselect(vector(f64x2, yes), vector(f64x2, no), mask)
      : v128.bitselect(vector(f64x2, yes), vector(f64x2, no), mask),
})

type Family = typeof f32x4 | typeof f64x2

const vector = (family: Family, x: Operand): Vector => (typeof x === 'number' ? family.const(x) : x)

const arithmetic = (family: Family, fma: boolean) => ({
  constant: family.const,
  add: family.add,
  sub: family.sub,
  mul: family.mul,
  div: family.div,
  madd: (a: Operand, b: Operand, c: Operand) => (fma ? family.relaxedMadd(a, b, c) : family.add(family.mul(a, b), c)),
  nmadd: (a: Operand, b: Operand, c: Operand) => (fma ? family.relaxedNmadd(a, b, c) : family.sub(c, family.mul(a, b))),
  neg: family.neg,
  abs: family.abs,
  sqrt: family.sqrt,
  floor: family.floor,
  nearest: family.nearest,
  atMost: family.pmin,
  atLeast: family.pmax,
  eq: family.eq,
  ne: family.ne,
  lt: family.lt,
  le: family.le,
  gt: family.gt,
  ge: family.ge,
})

const logic = { and: v128.and, or: v128.or, xor: v128.xor, not: v128.not, anyTrue: v128.anyTrue }
