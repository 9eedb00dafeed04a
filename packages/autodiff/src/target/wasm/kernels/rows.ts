import { interpret, type Row } from '../../../scalar/expression.ts'
import type { DType } from '../../../tensor/tensor.ts'
import { i32x4, v128 } from '../assembler/index.ts'
import { type Emitter, float32, floatRows, integerPrimitives, type RowEmitter, type Vector } from '../math/index.ts'

/** How a row is computed on vectors of one element type, or undefined where it is not. Booleans are masks. */
export type RowCode = (row: Row, type: DType) => ((...operands: readonly Vector[]) => Vector) | undefined

/** Code for rows; floats with fused multiply-add or without. */
export const rowCode = (fma: boolean): RowCode => codes[fma ? 'fused' : 'plain']

const codeOf =
  (floats: RowEmitter): RowCode =>
  (row, type) => {
    switch (type) {
      case 'float':
        return (...operands) => floats(row, operands)
      case 'int':
        return ofTable(integerPrimitives, i32x4.const)(row)
      case 'bool':
        return ofTable(masks, (v) => i32x4.const(v ? -1 : 0))(row)
    }
  }

const masks: Readonly<Record<string, Emitter>> = {
  not: (a) => v128.not(a!),
  and: (a, b) => v128.and(a!, b!),
  or: (a, b) => v128.or(a!, b!),
  equal: (a, b) => i32x4.eq(a!, b!),
  where: (condition, yes, no) => v128.bitselect(yes!, no!, condition!),
}

/** Rows by a table that has some primitives: derived ones where it has all that they are made of. */
const ofTable = (table: Readonly<Record<string, Emitter>>, constant: (value: number) => Vector) => {
  const emitter = (row: Row): Emitter | undefined => {
    if (!row.lowered) return table[row.name] ?? masks[row.name]
    const body = row.lowered()
    const primitives: Row[] = []
    interpret<number>(
      body,
      new Array<number>(row.arity).fill(0),
      (v) => v,
      (r) => primitives.push(r),
    )
    if (!primitives.every((r) => emitter(r))) return undefined
    return (...operands) => interpret<Vector>(body, operands, constant, (r, given) => emitter(r)!(...given))
  }
  return emitter
}

const codes = {
  fused: codeOf(floatRows(float32({ fma: true }))),
  plain: codeOf(floatRows(float32({ fma: false }))),
} as const
