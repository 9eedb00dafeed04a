import { mistake } from './error.ts'

/** Nested arrays and records of leaves: parameters, optimiser states, the inputs and outputs of a program. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> }

/** What tells a leaf from a branch. Tensors and host arrays are plain records too, so each caller says. */
export type IsLeaf<T> = (x: Tree<T>) => x is T

export interface Leaf<T> {
  /** Keys and positions from the root, joined by dots. */
  readonly path: string
  readonly value: T
}

const isList = <T>(t: Tree<T>): t is readonly Tree<T>[] => Array.isArray(t)

/** Leaves in a fixed order: lists by position, records by their own key order. */
export const flattenWith = <T>(isLeaf: IsLeaf<T>, tree: Tree<T>, path = ''): readonly Leaf<T>[] => {
  if (isLeaf(tree)) return [{ path, value: tree }]
  if (typeof tree !== 'object' || tree === null)
    return mistake(`tree: ${path || 'the root'} is ${String(tree)}, not a leaf, a list or a record.`)
  return entriesOf(tree).flatMap(([key, branch]) => flattenWith(isLeaf, branch, path ? `${path}.${key}` : key))
}

export const mapWith = <T, U>(
  isLeaf: IsLeaf<T>,
  f: (leaf: T, path: string) => U,
  tree: Tree<T>,
  path = '',
): Tree<U> => {
  if (isLeaf(tree)) return f(tree, path)
  const inner = (branch: Tree<T>, key: string): Tree<U> => mapWith(isLeaf, f, branch, path ? `${path}.${key}` : key)
  if (isList(tree)) return tree.map((branch, i) => inner(branch, String(i)))
  return Object.fromEntries(entriesOf(tree).map(([key, branch]) => [key, inner(branch, key)]))
}

/** The tree of the same structure with these leaves, in the order `flattenWith` gives them. */
export const unflattenWith = <T, U>(isLeaf: IsLeaf<T>, structure: Tree<T>, leaves: readonly U[]): Tree<U> => {
  let next = 0
  const tree = mapWith<T, U>(isLeaf, () => leaves[next++]!, structure)
  if (next !== leaves.length) mistake(`tree: ${leaves.length} leaves for a structure of ${next}.`)
  return tree
}

/**
 * The leaves of a tree in the order of the given paths: records are the same tree in whatever order their keys were
 * written. Throws with the first path where they differ.
 */
export const leavesAt = <T>(paths: readonly string[], leaves: readonly Leaf<T>[], what = 'tree'): readonly T[] => {
  const byPath = new Map(leaves.map(({ path, value }) => [path, value]))
  const wanted = new Set(paths)
  const missing = paths.find((path) => !byPath.has(path))
  const extra = leaves.find(({ path }) => !wanted.has(path))
  const differing = missing ?? extra?.path
  if (differing !== undefined)
    mistake(
      `${what}: the trees differ at ${differing || 'the root'}, which only ${missing === undefined ? 'the second' : 'the first'} has.`,
    )
  return paths.map((path) => byPath.get(path)!)
}

/** A tree's leaves and back, for many trees of one structure: nothing is named or compared where they agree. */
export interface Structure {
  /** The leaves in the order of `flattenWith`; undefined where the tree has another structure. */
  leaves<U>(isLeaf: IsLeaf<U>, tree: Tree<U>): readonly U[] | undefined
  /** The tree of these leaves. */
  tree<U>(leaves: readonly U[]): Tree<U>
}

export const structureOf = <T>(isLeaf: IsLeaf<T>, tree: Tree<T>): Structure => {
  type Shape = 'leaf' | { readonly isList: boolean; readonly branches: readonly (readonly [string, Shape])[] }
  const shapeOf = (at: Tree<T>): Shape =>
    isLeaf(at)
      ? 'leaf'
      : { isList: isList(at), branches: entriesOf(at).map(([key, branch]) => [key, shapeOf(branch)] as const) }
  const whole = shapeOf(tree)
  const collect = <U>(isOther: IsLeaf<U>, shape: Shape, at: Tree<U>, into: U[]): boolean => {
    if (isOther(at)) {
      into.push(at)
      return shape === 'leaf'
    }
    if (shape === 'leaf' || typeof at !== 'object' || at === null || Array.isArray(at) !== shape.isList) return false
    const own = at as { readonly [key: string]: Tree<U> }
    return (
      Object.keys(own).length === shape.branches.length &&
      shape.branches.every(([key, branch]) => key in own && collect(isOther, branch, own[key]!, into))
    )
  }
  return {
    leaves: (isOther, other) => {
      const found: Parameters<typeof isOther>[0][] = []
      return collect(isOther, whole, other, found as never[]) ? (found as never[]) : undefined
    },
    tree: <U>(leaves: readonly U[]) => {
      let next = 0
      const build = (shape: Shape): Tree<U> => {
        if (shape === 'leaf') return leaves[next++]!
        if (shape.isList) return shape.branches.map(([, branch]) => build(branch))
        const record: Record<string, Tree<U>> = {}
        for (const [key, branch] of shape.branches) record[key] = build(branch)
        return record
      }
      return build(whole)
    },
  }
}

/** Leaf by leaf over trees of one structure. Throws with the path where they differ. */
export const zipWith = <T, U>(
  isLeaf: IsLeaf<T>,
  f: (...leaves: T[]) => U,
  first: Tree<T>,
  ...rest: readonly Tree<T>[]
): Tree<U> => {
  const paths = flattenWith(isLeaf, first)
  const names = paths.map(({ path }) => path)
  const others = rest.map((tree) => leavesAt(names, flattenWith(isLeaf, tree)))
  return unflattenWith(
    isLeaf,
    first,
    paths.map((leaf, i) => f(leaf.value, ...others.map((o) => o[i]!))),
  )
}

const entriesOf = <T>(tree: Tree<T>): readonly (readonly [string, Tree<T>])[] =>
  isList(tree)
    ? tree.map((branch, i) => [String(i), branch] as const)
    : Object.entries(tree as { readonly [key: string]: Tree<T> })
