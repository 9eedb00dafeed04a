import { type Expression, interpret, type Row } from '../scalar/expression.ts'
import { type ConstantAttributes, constantOperation } from '../tensor/constant.ts'
import { applyRow, rowOf } from '../tensor/elementwise.ts'
import type { Node } from '../tensor/tensor.ts'
import { commutes } from './rule.ts'

/** Nodes that a pattern's arguments stand for, by index. */
export type Bindings = readonly (Node | undefined)[]

/** How a node has the form of a pattern, or null. Equal values must be one node already. */
export const match = (pattern: Expression, node: Node): Bindings | null => {
  if (!mayMatch(pattern, node)) return null
  const bound: (Node | undefined)[] = []
  return matches(pattern, node, bound) ? bound : null
}

/** Whether the inputs have what the pattern asks for, in whatever order: most tries end here, before anything is bound. */
const mayMatch = (pattern: Expression, node: Node): boolean => {
  if (pattern.kind !== 'apply') return true
  for (const operand of pattern.operands) {
    if (operand.kind === 'argument') continue
    let found = false
    for (const x of node.inputs)
      if (operand.kind === 'constant' ? x.operation === constantOperation : rowOf(x) === operand.row) found = true
    if (!found) return false
  }
  return true
}

/** Binds arguments as it goes; on failure those of the failed part are left unbound again. */
const matches = (pattern: Expression, node: Node, bound: (Node | undefined)[]): boolean => {
  if (pattern.kind === 'argument') {
    const known = bound[pattern.index]
    if (known) return known === node
    bound[pattern.index] = node
    return true
  }
  if (pattern.kind === 'constant') return isFilledWith(node, pattern.value)
  const row = rowOf(node)
  if (row !== pattern.row) return false
  const before = bound.slice()
  const inOrder = (order: readonly Node[]): boolean => {
    if (pattern.operands.every((operand, k) => matches(operand, order[k]!, bound))) return true
    bound.length = 0
    bound.push(...before)
    return false
  }
  return inOrder(node.inputs) || (commutes(row) && inOrder([node.inputs[1]!, node.inputs[0]!]))
}

const isFilledWith = (node: Node, value: number): boolean =>
  node.operation === constantOperation && Object.is(filledWith(node), value)

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
  return interpret<Node>(expression, bound as readonly Node[], constant, (row: Row, operands) =>
    finish(applyRow(row, operands)),
  )
}
