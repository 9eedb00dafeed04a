import type { OrderOption } from '../combinators/autoregressive/order.ts'

/**
 * Why the determinants of two exact flows of one distribution are equal at every point:
 * - `IncreasingInOneDimension`: one coordinate, both maps increasing;
 * - `UniformBase`: both end in one uniform distribution, so that the determinant is the density times its volume;
 * - `Isometry`: one map is the other with rotations, reflections and shifts after it, which an isotropic base allows;
 * - `IncreasingTriangular`: both are triangular in one order of the coordinates, with increasing ones (Rosenblatt 1952);
 * - `GradientOfConvex`: both are gradients of convex functions (Brenier 1991, McCann 1995).
 */
export type WhyUnique =
  | { readonly _tag: 'IncreasingInOneDimension' }
  | { readonly _tag: 'UniformBase' }
  | { readonly _tag: 'Isometry' }
  | { readonly _tag: 'IncreasingTriangular'; readonly order: OrderOption }
  | { readonly _tag: 'GradientOfConvex' }

/**
 * The same, with what follows without a look at a family of maps:
 * - `MonotoneInOneDimension`: one coordinate, one map increasing, the other decreasing, and a base symmetric about 0: a
 *   decreasing map with its sign turned is the increasing one;
 * - `ConstantDeterminants`: neither determinant depends on the point (linear and volume-preserving maps), so each is its
 *   own mean, and the means are equal.
 */
export type UniquenessTheorem =
  | WhyUnique
  | { readonly _tag: 'MonotoneInOneDimension' }
  | { readonly _tag: 'ConstantDeterminants' }

/** As the reason in a sentence: "both maps …". */
export const explainTheorem = (theorem: UniquenessTheorem): string => {
  switch (theorem._tag) {
    case 'IncreasingInOneDimension':
      return 'there is one coordinate, and both maps increase'
    case 'MonotoneInOneDimension':
      return 'there is one coordinate, one map increases, the other decreases, and the base is symmetric about 0'
    case 'UniformBase':
      return 'the base is uniform, so that the determinant is the density'
    case 'ConstantDeterminants':
      return 'neither determinant depends on the point, so that each is its own mean'
    case 'Isometry':
      return 'one map is the other, moved rigidly'
    case 'IncreasingTriangular':
      return `both maps are triangular and increasing in one order of the coordinates, ${showOrder(theorem.order)} (Rosenblatt)`
    case 'GradientOfConvex':
      return 'both maps are gradients of convex functions (Brenier, McCann)'
  }
}

const showOrder = (order: OrderOption): string => (typeof order === 'string' ? order : `[${order.join(', ')}]`)
