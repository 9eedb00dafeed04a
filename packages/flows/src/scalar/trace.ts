import {
  type Example,
  type Expression,
  example,
  input,
  isTensor,
  type Node,
  nodeOf,
  rowOf,
  scalarConstant,
  topologicalOrder,
} from '@diffeo/autodiff'
import { mistake, showShape } from '../mistake.ts'

/** A scalar function as written: of the point, of values that go with it (parameters, then the context). */
export type ScalarFormula = (x: Example, ...others: Example[]) => Example

/**
 * A function's expression, found by running it on tensors of shape []. Argument 0 is the point, 1 … the others.
 * @throws when a step is not element-wise: it says which
 */
export const trace = (name: string, f: ScalarFormula, others: number): Expression => {
  const args = [example([]), ...Array.from({ length: others }, () => input([]))]
  const result: unknown = f(args[0]!, ...args.slice(1))
  if (!isTensor(result)) return mistake(`${name}: the function must return a tensor, got ${typeof result}.`)
  const node = nodeOf(result)
  if (node.shape.length > 0)
    mistake(
      `${name}: the function gives shape ${showShape(node.shape)} for a point of shape []. Numbers that differ by coordinate are parameters.`,
    )
  const known = new Map<Node, Expression>(args.map((arg, index) => [nodeOf(arg), { kind: 'argument', index }]))
  for (const at of topologicalOrder([node])) if (!known.has(at)) known.set(at, expressionOf(name, at, known))
  return known.get(node)!
}

const expressionOf = (name: string, node: Node, known: ReadonlyMap<Node, Expression>): Expression => {
  const value = scalarConstant(node)
  if (value !== undefined) return { kind: 'constant', value }
  const row = rowOf(node)
  if (row) return { kind: 'apply', row, operands: node.inputs.map((x) => known.get(x)!) }
  if (node.operation.name === 'constant')
    mistake(
      `${name}: a constant of shape ${showShape(node.shape)} enters the formula. Numbers that differ by coordinate are parameters.`,
    )
  return node.operation.name === 'input'
    ? mistake(
        `${name}: a tensor from outside enters the formula. Declare it as a parameter, or take it from the context.`,
      )
    : mistake(`${name}: step ${node.operation.name} is not element-wise, so its inverse cannot be read off.`)
}
