import { flattenWith, type Leaf, leavesAt, mapWith, type Tree, unflattenWith, zipWith } from '../tree.ts'
import { type Example, isTensor, type Node, nodeOf } from './tensor.ts'

/** Any tree of tensors. A user's own type of tree (a record of weights, say) is cast to this and back here and nowhere else. */
export type Tensors = Tree<Example>

const isLeaf = isTensor as (x: Tensors) => x is Example

/** The leaves of a tree as nodes, in the order of `tree.flatten`. */
export const leavesOf = (tree: unknown): readonly Node[] => namedLeaves(tree).map(({ value }) => value)

/** The leaves with their paths. */
export const namedLeaves = (tree: unknown): readonly Leaf<Node>[] =>
  flattenWith(isLeaf, tree as Tensors).map(({ path, value }) => ({ path, value: nodeOf(value) }))

/** The leaves of `other` in the order of the leaves of `structure`. @throws naming the first place where they differ */
export const leavesLike = (structure: unknown, other: unknown, what: string): readonly Node[] =>
  leavesAt(
    namedLeaves(structure).map(({ path }) => path),
    namedLeaves(other),
    what,
  )

/** The tree of this structure with other leaves. */
export const withLeaves = <P, T = Example>(structure: P, leaves: readonly T[]): P =>
  unflattenWith<Example, T>(isLeaf, structure as Tensors, leaves) as P

/** Functions over trees of tensors: nested lists and records whose leaves are tensors. */
export const tree = {
  /** `f` of each leaf, in a tree of the same structure. */
  map: <P>(f: (leaf: Example, path: string) => Example, p: P): P =>
    mapWith<Example, Example>(isLeaf, f, p as Tensors) as P,
  /** `f` of the leaves at each place. @throws naming the first place where the trees differ */
  zip: <P>(f: (...leaves: Example[]) => Example, first: P, ...rest: readonly P[]): P =>
    zipWith<Example, Example>(isLeaf, f, first as Tensors, ...(rest as readonly Tensors[])) as P,
  /** Leaves with their paths: keys and positions from the root, joined by dots. */
  flatten: (p: unknown): readonly Leaf<Example>[] => flattenWith(isLeaf, p as Tensors),
  /** The tree of this structure with these leaves, in the order of `flatten`. */
  unflatten: <P>(structure: P, leaves: readonly Example[]): P => withLeaves(structure, leaves),
} as const
