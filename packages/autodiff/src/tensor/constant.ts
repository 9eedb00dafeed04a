import { mistake, showShape } from '../error.ts'
import { type Shape, sizeOf } from '../shape.ts'
import { make, type Operation } from './operation.ts'
import type { DType, Example, Node, Tensor } from './tensor.ts'

export interface ConstantAttributes {
  readonly data: Float64Array
  readonly shape: Shape
  readonly dtype: DType
}

/** A uniform value known when the program is written. */
export const constantOperation: Operation<ConstantAttributes> = {
  name: 'constant',
  infer: ({ shape, dtype }) => ({ shape, dtype, varies: false }),
  reverse: () => [],
  forward: () => [null],
  kernel:
    ({ attributes: { data } }) =>
    ([out]) =>
      out!.set(data),
  show: ({ data }) => (data.length <= 8 ? Array.from(data).join(' ') : `${data.length} values`),
}

/** Nested lists of numbers, a single number, or a flat typed array with its shape. */
export type Literal = number | readonly Literal[]

/**
 * A uniform constant. Nested lists give their own shape; a flat array takes the one given.
 * @throws when rows differ in length, the data does not fill the shape, or a number is not of the type
 * @example
 * constant([[1, 2], [3, 4]]).shape // => [2, 2]
 */
export const constant = (
  value: Literal | Float64Array | Float32Array | Int32Array,
  shape?: Shape,
  dtype: DType = 'float',
): Tensor => {
  const own = ArrayBuffer.isView(value) ? [value.length] : shapeOfLiteral(value)
  const data = Float64Array.from(
    ArrayBuffer.isView(value)
      ? value
      : ((typeof value === 'number' ? [value] : (value as readonly number[])).flat(Infinity) as number[]),
  )
  const target = shape ?? own
  if (data.length !== sizeOf(target))
    mistake(`constant: ${data.length} numbers do not fill shape ${showShape(target)}.`)
  if (dtype !== 'float') {
    const odd = data.find((x) => (dtype === 'int' ? (x | 0) !== x : x !== 0 && x !== 1))
    if (odd !== undefined)
      mistake(`constant: ${odd} is no ${dtype === 'int' ? 'integer of 32 bits' : 'boolean (0 or 1)'}.`)
  }
  return make(constantOperation, { data, shape: target, dtype }, [])
}

const shapeOfLiteral = (value: Literal): Shape => {
  if (typeof value === 'number') return []
  const inner = value.map(shapeOfLiteral)
  if (inner.some((s) => showShape(s) !== showShape(inner[0]!)))
    mistake(`constant: rows of different lengths, ${inner.map(showShape).join(' and ')}.`)
  return [value.length, ...(inner[0] ?? [])]
}

/** One number everywhere. */
export const filled = (value: number, shape: Shape, dtype: DType = 'float'): Tensor =>
  make(constantOperation, { data: new Float64Array(sizeOf(shape)).fill(value), shape, dtype }, [])
/** 0 everywhere, floats. */
export const zeros = (shape: Shape): Tensor => filled(0, shape)
/** 1 everywhere, floats. */
export const ones = (shape: Shape): Tensor => filled(1, shape)

/** 0, 1, …, count - 1, as integers. */
export const iota = (count: number): Tensor =>
  constant(
    Float64Array.from({ length: count }, (_, i) => i),
    [count],
    'int',
  )

/** The single number a node always is, or undefined. */
export const scalarConstant = (node: Node): number | undefined => {
  if (node.operation !== constantOperation || node.shape.length > 0) return undefined
  return (node.attributes as ConstantAttributes).data[0]
}

export interface InputAttributes {
  readonly shape: Shape
  readonly dtype: DType
  readonly varies: boolean
  /** Tells placeholders of one kind apart: two inputs are never the same value. */
  readonly identity: symbol
}

/** A value given when the program runs, or an iteration's value inside a loop body. */
export const inputOperation: Operation<InputAttributes> = {
  name: 'input',
  infer: ({ shape, dtype, varies }) => ({ shape, dtype, varies }),
  reverse: () => [],
  forward: () => [null],
  kernel: () => mistake('input: has no value of its own; it is bound when a program runs.'),
}

/** A uniform value that is given when the program runs. */
export const input = (shape: Shape, dtype: DType = 'float'): Tensor => placeholder({ shape, dtype, varies: false })

/** A value per example that is given when the program runs; the shape is that of one example. */
export const example = (shape: Shape, dtype: DType = 'float'): Example => placeholder({ shape, dtype, varies: true })

export const placeholder = (kind: Omit<InputAttributes, 'identity'>): Node<InputAttributes> =>
  make(inputOperation, { ...kind, identity: Symbol('input') }, [])
