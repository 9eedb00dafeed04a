import { matmul, sum, type Tensor, transpose, triangularSolve } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { linearMap } from './linear/linearMap.ts'
import { rotation, rotationParameter } from './linear/reflections.ts'
import { type TriangleParams, triangle, triangleParameters } from './linear/triangle.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type QrLinearParams = TriangleParams & {
  /** `[d, d]`: one reflection in each row, none zero; lengths make no difference. */
  readonly vectors: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Dense linear map y = Q R x + shift: Q a rotation by d reflections, R upper triangular with a positive diagonal; the
 * identity at the start. Every matrix of positive determinant is such a product.
 *
 * - `x`, `y`: `[d]`. log|det J| = Σ logDiagonal, the same for every x; the inverse is a transpose and a substitution.
 * - Fails: a zero vector has no reflection and gives NaN.
 *
 * @see Hoogeboom, van den Berg & Welling 2019, Emerging convolutions for generative normalizing flows, section 3.3
 */
export const qrLinear = (dim: number): Bijector<Real, Real, QrLinearParams> =>
  linearMap<QrLinearParams>({
    kind: 'qrLinear',
    dim,
    parameters: { vectors: rotationParameter(dim), ...triangleParameters(dim) },
    weight: (params) => matmul(rotation(params.vectors), triangle(params, true)),
    undo: (params, y) =>
      triangularSolve(triangle(params, true), matmul(transpose(rotation(params.vectors)), y), { lower: false }),
    logDet: ({ logDiagonal }) => sum(logDiagonal),
  })

export const qrLinearKind: BijectorKind = {
  kind: 'qrLinear',
  build: (options) => qrLinear((options as { readonly dim: number }).dim),
}
