import type { Tree, TreeKind } from './tree.ts'
import { kindsOfTree } from './treeKinds.ts'

/** Trees with less in them, those that lack most first: each is smaller, or does less, so that this ends. */
export const simplerTrees = (tree: Tree): readonly Tree[] => [
  ...tree.parts,
  ...fewerCoordinates(tree),
  ...simplerOfOneSize(tree),
]

const simplerOfOneSize = (tree: Tree): readonly Tree[] => {
  const { kind, size, seed, parts } = tree
  const without = (i: number): Tree => ({ ...tree, parts: parts.filter((_, k) => k !== i) })
  const withOther = (i: number, part: Tree): Tree => ({ ...tree, parts: parts.map((old, k) => (k === i ? part : old)) })
  const dropped = takesAny(kind) && parts.length > 1 ? parts.map((_, i) => without(i)) : []
  const nothing: Tree = { kind: 'identity', size, seed: 0, parts: [] }
  return [
    ...parts.filter((part) => part.size === size),
    ...dropped,
    ...(kind === 'identity' ? [] : [nothing]),
    ...(seed === 0 ? [] : [{ ...tree, seed: 0 }]),
    ...parts.flatMap((part, i) => simplerOfOneSize(part).map((simpler) => withOther(i, simpler))),
  ]
}

const fewerCoordinates = (tree: Tree): readonly Tree[] =>
  tree.parts.length === 0 && tree.size > 1 && (kindOf(tree.kind)?.fits(tree.size - 1) ?? true)
    ? [{ ...tree, size: tree.size - 1 }]
    : []

const takesAny = (kind: string): boolean => kindOf(kind)?.sizes?.(1) === 'list'
const kindOf = (name: string): TreeKind | undefined => kindsOfTree.find((kind) => kind.name === name)
