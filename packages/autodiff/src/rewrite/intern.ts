import type { Row } from '../scalar/expression.ts'
import { type ConstantAttributes, constantOperation, inputOperation } from '../tensor/constant.ts'
import { rowOf } from '../tensor/elementwise.ts'
import { loopOperation } from '../tensor/loop.ts'
import { bodyResults, type LoopAttributes, placeholdersOf } from '../tensor/loopBody.ts'
import type { Operation } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import { commutes } from './rule.ts'

/** Nodes made so far: of equal ones, the first. */
export type Intern = (node: Node) => Node

/**
 * Keeps one node of those that are the same operation with the same attributes on the same inputs. Constants are the
 * same by their data; inputs, which a run binds, only by identity; loops by the nodes of their bodies.
 */
export const interning = (): Intern => {
  const numbers = new Map<Node | Operation | Row, number>()
  const numberOf = (x: Node | Operation | Row): number => {
    const known = numbers.get(x)
    if (known !== undefined) return known
    numbers.set(x, numbers.size)
    return numbers.size - 1
  }
  const list = (nodes: readonly Node[]): string => nodes.map(numberOf).join(' ')
  const attributesKey = (node: Node): string => {
    if (node.operation === constantOperation) return constantKey(node.attributes as ConstantAttributes)
    if (node.operation === loopOperation) {
      const body = node.attributes as LoopAttributes
      return [
        body.count,
        body.backwards,
        body.stop !== null,
        list(placeholdersOf(body)),
        list(bodyResults(body)),
        list(body.captured),
      ].join()
    }
    return node.operation.show?.(node.attributes) ?? ''
  }
  const keyOf = (node: Node): string => {
    const row = rowOf(node)
    const inputs = node.inputs.map(numberOf)
    if (row && commutes(row)) inputs.sort((a, b) => a - b)
    return row
      ? `${numberOf(row)} ${inputs.join()}`
      : `${numberOf(node.operation)}(${attributesKey(node)})${inputs.join()}`
  }

  const kept = new Map<string, Node[]>()
  return (node) => {
    if (node.operation === inputOperation) return node
    const key = keyOf(node)
    const alike = kept.get(key) ?? []
    kept.set(key, alike)
    const same = alike.find((x) => node.operation !== constantOperation || sameData(x, node))
    if (same) return same
    alike.push(node)
    return node
  }
}

/** Equal constants have equal keys; sameData tells the rest apart. */
const constantKey = ({ data, shape, dtype }: ConstantAttributes): string =>
  `${dtype} ${shape.join()} ${data.length <= 16 ? data.join() : `${data.slice(0, 8).join()}…${data.reduce((a, b) => a + b, 0)}`}`

const sameData = (a: Node, b: Node): boolean => {
  const x = (a.attributes as ConstantAttributes).data
  const y = (b.attributes as ConstantAttributes).data
  return x === y || x.every((v, i) => Object.is(v, y[i]))
}
