import { type Expression, interpret, type Row } from '../scalar/expression.ts'
import { type ConstantAttributes, constantOperation } from '../tensor/constant.ts'
import { applyRow, rowOf } from '../tensor/elementwise.ts'
import type { Node } from '../tensor/tensor.ts'
import { commutes } from './rule.ts'

/** Nodes that a pattern's arguments stand for, by index. */
export type Bindings = ReadonlyMap<number, Node>

/** How a node has the form of a pattern, or null. Equal values must be one node already. */
export const match = (pattern: Expression, node: Node, bound: Bindings = new Map()): Bindings | null => {
  if (pattern.kind === 'argument') {
    const known = bound.get(pattern.index)
    if (known) return known === node ? bound : null
    return new Map([...bound, [pattern.index, node]])
  }
  if (pattern.kind === 'constant') {
    const value = filledWith(node)
    return value !== undefined && Object.is(value, pattern.value) ? bound : null
  }
  const row = rowOf(node)
  if (row !== pattern.row) return null
  const all = (inputs: readonly Node[]): Bindings | null =>
    pattern.operands.reduce<Bindings | null>((sofar, operand, k) => sofar && match(operand, inputs[k]!, sofar), bound)
  return all(node.inputs) ?? (commutes(row) ? all([node.inputs[1]!, node.inputs[0]!]) : null)
}

/** The value of every element of a constant whose elements are the same, or undefined. */
export const filledWith = (node: Node): number | undefined => {
  if (node.operation !== constantOperation) return undefined
  const { data } = node.attributes as ConstantAttributes
  const [first] = data
  return data.every((v) => Object.is(v, first)) ? first : undefined
}

/** The expression on nodes, through the caller's ways of making constants and applying rows. */
export const instantiate = (
  expression: Expression,
  bound: Bindings,
  constant: (value: number) => Node,
  finish: (node: Node) => Node,
): Node => {
  const args = Array.from({ length: 1 + Math.max(-1, ...bound.keys()) }, (_, i) => bound.get(i)!)
  return interpret<Node>(expression, args, constant, (row: Row, operands) => finish(applyRow(row, operands)))
}
