import { constant, matmul, type Tensor, transpose, zeros } from '@diffeo/autodiff'
import { type Bijector, define } from '../bijector.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { linearBounds } from './linear/bounds.ts'
import { reflections } from './linear/reflections.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type HouseholderParams = {
  /** `[reflections, d]`, no row zero; lengths make no difference. */
  readonly vectors: Tensor
}

/**
 * Orthogonal map y = H_k … H_1 x, the product of reflections H = I - 2 v vᵀ / (v · v), the first vector's applied first.
 *
 * - `x`, `y`: `[d]`. log|det J| = 0. The inverse is the transpose.
 * - d reflections, the default, reach every orthogonal matrix whose determinant is (-1)^d; fewer reach only those that
 *   move at most that many directions.
 * - Fails: a zero vector has no reflection and gives NaN.
 * - Followed by `scale` or `affine`, d reflections reach any covariance: the axes of the data, and their lengths.
 * - Vectors start normal (from the seed of the initial values), so the map starts as a random rotation or reflection.
 * @throws when there is no reflection, or no coordinate
 *
 * @see Tomczak & Welling 2016, Improving variational auto-encoders using Householder flow
 */
export const householder = (dim: number, count: number = dim): Bijector<Real, Real, HouseholderParams> => {
  if (!(Number.isInteger(dim) && dim > 0)) mistake(`householder: dim is a whole number, at least 1, got ${dim}.`)
  if (!(Number.isInteger(count) && count > 0))
    mistake(`householder: reflections is a whole number, at least 1, got ${count}.`)
  return define({
    spec: { kind: 'householder', options: { dim, reflections: count }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: { vectors: parameter([count, dim], { kind: 'normal', scale: 1 }) },
    // The matrix is made once where the vectors are the same for all; each example then takes one product.
    forward: ({ vectors }, x) => ({ value: matmul(reflections(vectors), x), logDet: constant(0) }),
    inverse: ({ vectors }, z) => ({ value: matmul(transpose(reflections(vectors)), z), logDet: constant(0) }),
    lipschitz: ({ vectors }, region) => {
      const q = reflections(vectors)
      return { ...linearBounds(q, transpose(q), zeros([dim]), region), forward: 1, inverse: 1 }
    },
    lipschitzInverse: ({ vectors }, region) => {
      const q = reflections(vectors)
      return { ...linearBounds(transpose(q), q, zeros([dim]), region), forward: 1, inverse: 1 }
    },
  })
}

export const householderKind: BijectorKind = {
  kind: 'householder',
  build: (options) => {
    const { dim, reflections: count } = options as { readonly dim: number; readonly reflections: number }
    return householder(dim, count)
  },
}
