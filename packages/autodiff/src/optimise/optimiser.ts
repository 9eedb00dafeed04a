import { isTensor, type Tensor } from '../tensor/tensor.ts'
import { flattenWith, mapWith, type Tree, zipWith } from '../tree.ts'

/** Parameters, gradients and optimiser states: trees of uniform tensors. */
export type Tensors = Tree<Tensor>

/**
 * A rule that moves parameters along their gradients, as graphs: nothing is computed while it is written, so a whole
 * training step is one program. What the rule remembers is a tree of tensors, its counter of steps included, so a
 * training that is stopped and continued gives the same bits.
 *
 * - `init(params)`: the state before the first step.
 * - `update(gradients, state, params)`: parameters and state after one step that lowers the loss.
 */
export interface Optimiser {
  init(params: Tensors): Tensors
  update<P extends Tensors>(gradients: P, state: Tensors, params: P): { readonly params: P; readonly state: Tensors }
}

export const isLeaf = isTensor as (x: Tensors) => x is Tensor

/** Leaf by leaf over trees of the structure of the first. */
export const over = <P extends Tensors>(f: (...leaves: Tensor[]) => Tensor, first: P, ...rest: readonly Tensors[]): P =>
  zipWith<Tensor, Tensor>(isLeaf, f, first, ...rest) as P

export const overOne = <P extends Tensors>(f: (leaf: Tensor) => Tensor, tree: P): P =>
  mapWith<Tensor, Tensor>(isLeaf, f, tree) as P

export const leavesOf = (tree: Tensors): readonly Tensor[] => flattenWith(isLeaf, tree).map(({ value }) => value)
