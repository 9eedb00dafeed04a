import { interpret, type Row } from '../../../scalar/expression.ts'
import type { Floats, Vector } from './floats.ts'
import { type Emitter, floatPrimitives, type PrimitiveName } from './primitives.ts'

/** Code for the value of any row. */
export type RowEmitter = (row: Row, operands: readonly Vector[]) => Vector

/** Primitive rows from the table, derived ones through what they are lowered to. */
export const floatRows = (v: Floats): RowEmitter => {
  const primitives: Readonly<Record<string, Emitter>> = floatPrimitives(v) satisfies Record<PrimitiveName, Emitter>
  const emit: RowEmitter = (row, operands) =>
    row.lowered ? interpret(row.lowered(), operands, v.constant, emit) : primitives[row.name]!(...operands)
  return emit
}
