import { placeholder } from '../tensor/constant.ts'
import type { Example, Tensor } from '../tensor/tensor.ts'
import { mapWith, type Tree } from '../tree.ts'
import type { EngineOptions, HostArray, Resident, RunOptions } from './engine.ts'
import { openReference } from './reference/engine.ts'

/** A tree of tensors with their values in their place. */
export type Evaluated<O> = O extends Tensor<string> ? HostArray : { readonly [K in keyof O]: Evaluated<O[K]> }
/** A tree of arrays as the tensors that stand for them: varying where the array has lanes. */
export type Traced<I> = I extends HostArray
  ? I extends { readonly lanes: number }
    ? Example
    : Tensor<never>
  : { readonly [K in keyof I]: Traced<I[K]> }

/** Lanes where nothing varying comes in, and the number format: float64 unless float32 is asked for. */
export interface EvaluateOptions extends RunOptions, Pick<EngineOptions, 'precision'> {}

/** The value of an expression without inputs, or of each leaf of a tree of them, on the reference. */
export const evaluate = <O extends Tree<Example>>(expression: O, options: EvaluateOptions = {}): Evaluated<O> =>
  evaluateAt(() => expression, {}, options)

/**
 * The value of a function at given arrays, on the reference: arrays with `lanes` come in as examples, others as uniform
 * tensors.
 * @example
 * evaluateAt(({ x }) => mul(x, x), { x: fromRows([1, 2, 3], 3, []) }).data // [1, 4, 9]
 */
export const evaluateAt = <I extends Tree<HostArray>, O extends Tree<Example>>(
  f: (inputs: Traced<I>) => O,
  inputs: I,
  options: EvaluateOptions = {},
): Evaluated<O> => {
  const engine = openReference(options.precision ? { precision: options.precision } : {})
  const signature = mapWith<HostArray, Example>(
    isHostArray,
    ({ data, shape, lanes }) =>
      placeholder({
        shape,
        varies: lanes !== undefined,
        dtype: data instanceof Int32Array ? 'int' : data instanceof Uint8Array ? 'bool' : 'float',
      }),
    inputs,
  )
  const program = engine.compileSync(f as unknown as (x: Tree<Example>) => O, signature)
  return mapWith<Resident, HostArray>(
    isHandle,
    (x) => engine.readSync(x),
    program.runSync(inputs, options),
  ) as Evaluated<O>
}

const isHostArray = (x: unknown): x is HostArray => typeof x === 'object' && x !== null && 'data' in x && 'shape' in x
const isHandle = (x: unknown): x is Resident => typeof x === 'object' && x !== null && 'shape' in x && 'dtype' in x

/** Row-major rows, one example each, as a varying array. */
export const fromRows = (
  rows: ArrayLike<number>,
  count: number,
  shape: readonly number[],
): HostArray & { readonly lanes: number } => {
  const size = rows.length / count
  const data = new Float64Array(rows.length)
  for (let r = 0; r < count; r++) for (let e = 0; e < size; e++) data[e * count + r] = rows[r * size + e]!
  return { data, shape, lanes: count }
}

/** A varying array as row-major rows, one example each. */
export const toRows = ({ data, lanes = 1 }: HostArray): Float64Array => {
  const size = data.length / lanes
  const rows = new Float64Array(data.length)
  for (let r = 0; r < lanes; r++) for (let e = 0; e < size; e++) rows[r * size + e] = data[e * lanes + r]!
  return rows
}
