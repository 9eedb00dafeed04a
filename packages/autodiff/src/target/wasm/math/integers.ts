import { i32x4, v128 } from '../assembler/index.ts'
import type { Vector } from './floats.ts'
import type { Emitter, PrimitiveName } from './primitives.ts'

/** The rows that integers may be put into. */
export type IntegerPrimitive = Extract<
  PrimitiveName,
  | 'add'
  | 'sub'
  | 'mul'
  | 'neg'
  | 'abs'
  | 'sign'
  | 'maximum'
  | 'minimum'
  | 'less'
  | 'lessEqual'
  | 'equal'
  | 'finite'
  | 'where'
>

const binary =
  (f: (a: Vector, b: Vector) => Vector): Emitter =>
  (a, b) =>
    f(a!, b!)

/** The same on 32-bit integers, four to a vector: they wrap. Comparisons give masks. */
export const integerPrimitives: Readonly<Record<IntegerPrimitive, Emitter>> = {
  add: binary(i32x4.add),
  sub: binary(i32x4.sub),
  mul: binary(i32x4.mul),
  neg: (x) => i32x4.neg(x!),
  abs: (x) => i32x4.abs(x!),
  sign: (x) => i32x4.maxS(i32x4.minS(x!, 1), -1),
  maximum: binary(i32x4.maxS),
  minimum: binary(i32x4.minS),
  less: binary(i32x4.ltS),
  lessEqual: binary(i32x4.leS),
  equal: binary(i32x4.eq),
  finite: () => i32x4.const(-1),
  where: (condition, yes, no) => v128.bitselect(yes!, no!, condition!),
}
