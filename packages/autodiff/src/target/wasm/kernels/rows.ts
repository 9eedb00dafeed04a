import { interpret, type Row } from '../../../scalar/expression.ts'
import { castOperation, rowOf } from '../../../tensor/elementwise.ts'
import type { Operation } from '../../../tensor/operation.ts'
import type { DType, Node } from '../../../tensor/tensor.ts'
import { i32x4, v128 } from '../assembler/index.ts'
import type { Format } from '../format.ts'
import { type Emitter, floatRows, integerPrimitives, type Vector } from '../math/index.ts'

/** Code for the value of an element-wise node from code for its operands. */
export type NodeCode = (...operands: readonly Vector[]) => Vector

/** The type that an element-wise node computes with: that of its last operand. */
export const typeOf = (node: Node): DType => node.inputs.at(-1)!.dtype

/** What a node does, as a name: the same for nodes of the same code. Undefined for nodes that are not element-wise. */
export const elementName = (node: Node): string | undefined => {
  if (node.operation === (castOperation as Operation)) return `to ${node.dtype}`
  return rowOf(node)?.name
}

/** Undefined where a node has no code: it is not element-wise, or not on its type. */
export const nodeCode = (format: Format): ((node: Node) => NodeCode | undefined) => {
  const floats = floatRows(format.floats)
  const integers = ofTable(masked(format), format.integer)
  const booleans = ofTable(logic, (v) => i32x4.const(v ? -1 : 0))
  return (node) => {
    if (node.operation === (castOperation as Operation)) return castCode(format, typeOf(node), node.dtype)
    const row = rowOf(node)
    switch (row && typeOf(node)) {
      case undefined:
        return undefined
      case 'float':
        return (...operands) => floats(row!, operands)
      case 'int':
        return integers(row!)
      case 'bool':
        return booleans(row!)
    }
  }
}

const castCode = (format: Format, from: DType, to: DType): NodeCode => {
  const { floats, integer, toFloat, toInteger, masks } = format
  const isNot = (equalToZero: Vector): Vector => v128.not(equalToZero)
  switch (`${from} ${to}` as const) {
    case 'int float':
      return (x) => toFloat(x!)
    case 'bool float':
      return (x) => v128.and(x!, floats.constant(1))
    case 'float int':
      return (x) => toInteger(x!)
    case 'bool int':
      return (x) => v128.and(x!, integer(1))
    case 'float bool':
      return (x) => isNot(floats.eq(x!, 0))
    case 'int bool':
      return (x) => isNot(masks(i32x4.eq(x!, integer(0))))
    default:
      return (x) => x!
  }
}

const logic: Readonly<Record<string, Emitter>> = {
  not: (a) => v128.not(a!),
  and: (a, b) => v128.and(a!, b!),
  or: (a, b) => v128.or(a!, b!),
  equal: (a, b) => i32x4.eq(a!, b!),
  where: (condition, yes, no) => v128.bitselect(yes!, no!, condition!),
}

const comparisons = ['less', 'lessEqual', 'equal'] as const

/** On integers, with masks of a word's width. */
const masked = ({ masks }: Format): Readonly<Record<string, Emitter>> => ({
  ...integerPrimitives,
  ...Object.fromEntries(
    comparisons.map((name) => [name, (a, b) => masks(integerPrimitives[name](a!, b!))] as [string, Emitter]),
  ),
})

/** Rows by a table that has some primitives: derived ones where it has all that they are made of. */
const ofTable = (table: Readonly<Record<string, Emitter>>, constant: (value: number) => Vector) => {
  const emitter = (row: Row): Emitter | undefined => {
    if (!row.lowered) return table[row.name] ?? logic[row.name]
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
