import type { Bijector } from '../bijector.ts'

/**
 * A composition of bijectors as data, mapping real `[size]` onto itself, but for the kinds that start or end in another
 * support. `seed` decides what of it is not its structure: masks, orders, supports passed through.
 */
export interface Tree {
  readonly kind: string
  readonly size: number
  readonly seed: number
  readonly parts: readonly Tree[]
}

/** Shape of the context that a tree may use. */
export const TREE_CONTEXT: readonly [number] = [2]

/** In words, such as `chain(affine, invert(spline))`. */
export const showTree = ({ kind, parts }: Tree): string =>
  parts.length > 0 ? `${kind}(${parts.map(showTree).join(', ')})` : kind

/** The same map, whose values somebody looks at. */
export type Watch = (b: Bijector) => Bijector

/** One kind of node. A branch is made of parts on real spaces of its own `sizes`; a root may map to or from other supports. */
export interface TreeKind {
  readonly name: string
  readonly role: 'leaf' | 'branch' | 'root'
  /** Whether it exists on that many coordinates. */
  readonly fits: (size: number) => boolean
  /** The coordinates of a branch's parts, one choice of several; `list` is any number of parts of its own size. */
  readonly sizes?: (size: number) => 'list' | readonly (readonly number[])[]
  /** How often a branch is drawn, 1 when left out. */
  readonly weight?: number
  /** Parts are watched already; single maps that it adds itself have to be. */
  readonly grow: (tree: Tree, parts: readonly Bijector[], watch: Watch) => Bijector
}
