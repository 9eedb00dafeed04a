import { sum, type Tensor, triangularSolve } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { linearMap } from './linear/linearMap.ts'
import { type TriangleParams, triangle, triangleParameters } from './linear/triangle.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type CholeskyLinearParams = TriangleParams & {
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Triangular linear map y = L x + shift, L lower triangular with a positive diagonal; the identity at the start. Coordinate
 * i of y reads x₁ … xᵢ alone. Every covariance is that of L⁻¹ z for exactly one L, so under a Gaussian base it reaches what
 * any dense matrix reaches, with half the numbers.
 *
 * - `x`, `y`: `[d]`. log|det J| = Σ logDiagonal, the same for every x; the inverse is one substitution.
 * - Fails: never; where the diagonal is far from 1 the inverse loses digits as the condition of L says.
 */
export const choleskyLinear = (dim: number): Bijector<Real, Real, CholeskyLinearParams> =>
  linearMap<CholeskyLinearParams>({
    kind: 'choleskyLinear',
    dim,
    parameters: triangleParameters(dim),
    weight: (params) => triangle(params),
    undo: (params, y) => triangularSolve(triangle(params), y),
    logDet: ({ logDiagonal }) => sum(logDiagonal),
  })

export const choleskyLinearKind: BijectorKind = {
  kind: 'choleskyLinear',
  build: (options) => choleskyLinear((options as { readonly dim: number }).dim),
}
