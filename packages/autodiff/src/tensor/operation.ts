import type { Kind, Node } from './tensor.ts'

/**
 * One operation: shape rule, derivatives and meaning. What is added to the library is added as one of these.
 * @typeParam A - what an application carries besides its inputs (an axis, a scalar row, a loop body)
 */
export interface Operation<A = unknown> {
  readonly name: string
  /** Shape, element type and axes of the result(s). Throws naming the shapes where the inputs do not fit. */
  infer(attributes: A, inputs: readonly Node[]): Kind | readonly Kind[]
  /**
   * Cotangents of the inputs from those of the results; null where nothing flows. Only wanted inputs are asked for.
   * A cotangent may vary where its input is uniform: who asked sums it over the lanes. `derive` is the transformation
   * itself, for operations that have a body.
   */
  reverse(
    node: Node<A>,
    cotangents: readonly (Node | null)[],
    wanted: readonly boolean[],
    derive: Derive,
  ): readonly (Node | null)[]
  /** Tangents of the results from those of the inputs; null stands for zero. */
  forward(node: Node<A>, tangents: readonly (Node | null)[], derive: Derive): readonly (Node | null)[]
  /** The meaning, made ready for one node. */
  kernel(node: Node<A>): Kernel
  /** How the result may be off when computed in floating point; exact when left out. */
  readonly rounding?: Rounding<A>
  /** Attributes in words, for printing and for telling equal nodes apart; empty when left out. */
  show?(attributes: A): string
}

/** Differentiation of a graph between given nodes, in both modes. */
export interface Derive {
  /** Cotangents of `inputs`, unsummed over lanes, from those of `results`. */
  reverse(
    results: readonly Node[],
    cotangents: readonly (Node | null)[],
    inputs: readonly Node[],
  ): readonly (Node | null)[]
  /** Tangents of `results` from those of `inputs`. */
  forward(
    results: readonly Node[],
    inputs: readonly Node[],
    tangents: readonly (Node | null)[],
  ): readonly (Node | null)[]
}

/**
 * Computes the results of a node from its inputs' values, all in float64 (integers and booleans too).
 *
 * A varying array is `[...shape, lanes]`, lanes innermost; a uniform one is `[...shape]`. `lanes` is the number of
 * lanes of the arrays that vary, and 1 for a uniform node.
 */
export type Kernel = (
  outputs: readonly Float64Array[],
  inputs: readonly Float64Array[],
  lanes: number,
  run: Run,
) => void

/** What a kernel may know of the run that it is part of. */
export interface Run {
  /** Global index of the first lane. */
  readonly offset: number
  /** Called after each node of a loop body: emulates the rounding of another target. */
  readonly after?: (
    node: Node,
    outputs: readonly Float64Array[],
    inputs: readonly Float64Array[],
    lanes: number,
  ) => void
}

/**
 * What floating point may do to a result.
 * - `elementwise`: each element is off by the stated units in the last place or the absolute amount.
 * - `accumulated`: a sum of products or of terms; off by eps · Σ|terms| · chain, and Σ|terms| is the kernel on |inputs|.
 * - `backward`: a factorisation; the exact result for inputs that are off by `ulp` units in the last place, of each
 *   element or, where it is `normwise`, of the largest.
 */
export type Rounding<A> =
  | { readonly kind: 'elementwise'; of(attributes: A): { readonly ulp: number; readonly absolute?: number } }
  | { readonly kind: 'accumulated'; chain(node: Node<A>): number }
  | { readonly kind: 'backward'; readonly normwise?: true; ulp(node: Node<A>): number }

/** The node that applies an operation. */
export const make = <A>(operation: Operation<A>, attributes: A, inputs: readonly Node[]): Node<A> => {
  const inferred = operation.infer(attributes, inputs)
  // An operation may answer with a node, which is a kind too: only the kind is taken over.
  const kinds = (isList(inferred) ? inferred : [inferred]).map(
    ({ shape, dtype, varies }): Kind => ({ shape, dtype, varies }),
  )
  return { operation, attributes, inputs, ...kinds[0]!, ...(isList(inferred) && { outputs: kinds }) }
}

export const kindsOf = (node: Node): readonly Kind[] => node.outputs ?? [node]

const isList = (kinds: Kind | readonly Kind[]): kinds is readonly Kind[] => Array.isArray(kinds)

export const anyVaries = (inputs: readonly Node[]): boolean => inputs.some((input) => input.varies)
