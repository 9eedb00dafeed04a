import { exp, matmul, mul, neg, sum, type Tensor, transpose } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { linearMap } from './linear/linearMap.ts'
import { rotation, rotationParameter } from './linear/reflections.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type SvdLinearParams = {
  /** `[d, d]`: one reflection of U in each row, none zero; lengths make no difference. */
  readonly left: Tensor
  /** `[d]`: logarithms of the singular values, in any order. */
  readonly logScale: Tensor
  /** `[d, d]`: the same for V. */
  readonly right: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Dense linear map y = U diag(e^logScale) V x + shift: U and V rotations by d reflections each; the identity at the start.
 * Every matrix of positive determinant is such a product, and its singular values can be read off, or bounded.
 *
 * - `x`, `y`: `[d]`. log|det J| = Σ logScale, the same for every x; the inverse turns all three around.
 * - Fails: a zero vector has no reflection and gives NaN.
 *
 * @see Zhang, Lei & Dhillon 2018, Stabilizing gradients for deep neural networks via efficient SVD parameterization
 */
export const svdLinear = (dim: number): Bijector<Real, Real, SvdLinearParams> =>
  linearMap<SvdLinearParams>({
    kind: 'svdLinear',
    dim,
    parameters: {
      left: rotationParameter(dim),
      logScale: parameter([dim], { kind: 'zeros' }),
      right: rotationParameter(dim),
    },
    // A row of factors scales the columns.
    weight: ({ left, logScale, right }) => matmul(mul(rotation(left), exp(logScale)), rotation(right)),
    undo: ({ left, logScale, right }, y) =>
      matmul(matmul(mul(transpose(rotation(right)), exp(neg(logScale))), transpose(rotation(left))), y),
    logDet: ({ logScale }) => sum(logScale),
  })

export const svdLinearKind: BijectorKind = {
  kind: 'svdLinear',
  build: (options) => svdLinear((options as { readonly dim: number }).dim),
}
