import type { Shape } from '../shape.ts'
import type { Operation } from './operation.ts'

/** `float` is float32 or float64 by the engine's choice; `int` has 32 bits and wraps. */
export type DType = 'float' | 'int' | 'bool'

declare const axes: unique symbol

/**
 * An immutable description of an array; nothing is computed while it is written.
 *
 * `Axes` names the implicit axes it varies over: `never` is uniform (parameters), `'example'` is one value per example.
 * `shape` is the shape of one value: implicit axes are never counted. Covariant, so a uniform tensor fits wherever a
 * varying one is wanted.
 */
export interface Tensor<Axes extends string = never> {
  readonly [axes]?: Axes
  readonly shape: Shape
  readonly dtype: DType
}
/** A value per example. */
export type Example = Tensor<'example'>
/** What arithmetic takes: a tensor, or a number as a constant. */
export type Arg<A extends string> = number | Tensor<A>

/** The axes any leaf of a tree varies over. */
export type AxesOf<P> =
  P extends Tensor<infer A>
    ? A
    : P extends readonly (infer Q)[]
      ? AxesOf<Q>
      : P extends object
        ? { [K in keyof P]: AxesOf<P[K]> }[keyof P]
        : never

/** Shape, element type and axes of one result of an operation. */
export interface Kind {
  readonly shape: Shape
  readonly dtype: DType
  readonly varies: boolean
}

/** What a tensor is inside: an operation applied to others. Nodes share structure and are never changed. */
export interface Node<A = unknown> extends Tensor, Kind {
  readonly operation: Operation<A>
  readonly attributes: A
  readonly inputs: readonly Node[]
  /** Results of an operation that has several (`pick` selects one); a node of one result leaves it out. */
  readonly outputs?: readonly Kind[]
}

/** The one door from the public type to the node behind it: every tensor is made by `make`. */
export const nodeOf = (x: Tensor<string>): Node => x as Node

/** A tree's leaves are tensors where it has an operation. */
export const isTensor = (x: unknown): x is Tensor<'example'> =>
  typeof x === 'object' && x !== null && 'operation' in x && 'inputs' in x
