import type { Expression, Operand, Row } from '../scalar/expression.ts'
import { operand } from '../scalar/expression.ts'
import { add, and, equal, maximum, minimum, mul, or } from '../scalar/primitives.ts'

/**
 * Two formulas that are equal: what has the form of `pattern` may be written as `replacement`. Arguments stand for any
 * value, the same argument for the same value; a number stands for that constant.
 */
export interface Rule {
  readonly name: string
  readonly pattern: Expression
  readonly replacement: Expression
}

export const rule = (name: string, pattern: Operand, replacement: Operand): Rule => ({
  name,
  pattern: operand(pattern),
  replacement: operand(replacement),
})

const commutative: ReadonlySet<Row> = new Set<Row>([add, mul, maximum, minimum, equal, and, or])

/** Whether the operands of a row may change places without changing a bit of the result. */
export const commutes = (row: Row): boolean => commutative.has(row)
