import type { Row } from '../../../scalar/expression.ts'
import { interpret } from '../../../scalar/expression.ts'
import type { DType } from '../../../tensor/tensor.ts'
import type { Code } from '../assembler/code.ts'
import { f32x4 } from '../assembler/instructions/f32x4.ts'
import { i32x4 } from '../assembler/instructions/i32x4.ts'
import { v128 } from '../assembler/instructions/v128.ts'

type Vector = Code<'v128'>
type Emitter = (...operands: readonly Vector[]) => Vector

/** Rows on four float32 numbers; booleans are masks. What is not here runs on the host. */
const floats: Readonly<Record<string, Emitter>> = {
  add: (a, b) => f32x4.add(a!, b!),
  sub: (a, b) => f32x4.sub(a!, b!),
  mul: (a, b) => f32x4.mul(a!, b!),
  div: (a, b) => f32x4.div(a!, b!),
  neg: (x) => f32x4.neg(x!),
  abs: (x) => f32x4.abs(x!),
  // x where it is 0 or NaN, else 1 with its sign.
  sign: (x) =>
    v128.bitselect(
      v128.or(v128.and(x!, f32x4.const(-0)), f32x4.const(1)),
      x!,
      v128.or(f32x4.lt(x!, f32x4.const(0)), f32x4.gt(x!, f32x4.const(0))),
    ),
  maximum: (a, b) => f32x4.max(a!, b!),
  minimum: (a, b) => f32x4.min(a!, b!),
  floor: (x) => f32x4.floor(x!),
  sqrt: (x) => f32x4.sqrt(x!),
  less: (a, b) => f32x4.lt(a!, b!),
  lessEqual: (a, b) => f32x4.le(a!, b!),
  equal: (a, b) => f32x4.eq(a!, b!),
  finite: (x) => f32x4.lt(f32x4.abs(x!), f32x4.const(Infinity)),
}

const integers: Readonly<Record<string, Emitter>> = {
  add: (a, b) => i32x4.add(a!, b!),
  sub: (a, b) => i32x4.sub(a!, b!),
  mul: (a, b) => i32x4.mul(a!, b!),
  neg: (x) => i32x4.neg(x!),
  abs: (x) => i32x4.abs(x!),
  maximum: (a, b) => i32x4.maxS(a!, b!),
  minimum: (a, b) => i32x4.minS(a!, b!),
  less: (a, b) => i32x4.ltS(a!, b!),
  lessEqual: (a, b) => i32x4.leS(a!, b!),
  equal: (a, b) => i32x4.eq(a!, b!),
}

const masks: Readonly<Record<string, Emitter>> = {
  not: (a) => v128.not(a!),
  and: (a, b) => v128.and(a!, b!),
  or: (a, b) => v128.or(a!, b!),
  equal: (a, b) => i32x4.eq(a!, b!),
}

/** By the element type of a row's last operand, which is the type that it computes with. */
const tables: Readonly<Record<DType, Readonly<Record<string, Emitter>>>> = { float: floats, int: integers, bool: masks }

const select: Emitter = (condition, yes, no) => v128.bitselect(yes!, no!, condition!)

/** How a row is computed on vectors of a type, or undefined. Derived rows are what their formula is. */
export const emitterOf = (row: Row, type: DType): Emitter | undefined => {
  if (row.name === 'where') return select
  const own = tables[type][row.name]
  if (own || !row.lowered) return own
  // A formula computes with floats throughout, but for the masks of its conditions.
  if (type !== 'float' || !isEmittable(row)) return undefined
  return (...operands) =>
    interpret<Vector>(
      row.lowered!(),
      operands,
      (v) => f32x4.const(v),
      (r, given) => (formulaEmitter(r) as Emitter)(...given),
    )
}

const formulaEmitter = (row: Row): Emitter | undefined =>
  row.signature === 'logical' ? masks[row.name] : emitterOf(row, 'float')

const isEmittable = (row: Row): boolean => {
  let every = true
  interpret<null>(
    row.lowered!(),
    [null as never, null as never, null as never],
    () => null as never,
    (r) => {
      every &&= formulaEmitter(r) !== undefined
      return null as never
    },
  )
  return every
}
