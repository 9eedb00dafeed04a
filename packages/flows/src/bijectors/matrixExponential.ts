import { expm, matmul, mul, neg, sum, type Tensor } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { identityMatrix } from './linear/identityMatrix.ts'
import { linearMap } from './linear/linearMap.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type MatrixExponentialParams = {
  /** `[d, d]`: A, any matrix. */
  readonly generator: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Dense linear map y = e^A x + shift for any matrix A; the identity at the start.
 *
 * - `x`, `y`: `[d]`. log|det J| = tr A, the same for every x; the inverse is e^-A. Neither needs a factorisation.
 * - Every symmetric positive definite matrix is an exponential, so under a Gaussian base it reaches what any dense matrix
 *   reaches. Not every matrix of positive determinant is one (diag(-1, -2) is not).
 * - Fails: never; e^-A undoes e^A to the digits that the condition of e^A, at most e^(2‖A‖), leaves.
 *
 * @see Hoogeboom, Satorras, Tomczak & Welling 2020, The convolution exponential and generalized Sylvester flows, section 3;
 * Xiao & Liu 2020, Generative flows with matrix exponential
 */
export const matrixExponential = (dim: number): Bijector<Real, Real, MatrixExponentialParams> =>
  linearMap<MatrixExponentialParams>({
    kind: 'matrixExponential',
    dim,
    parameters: { generator: parameter([dim, dim], { kind: 'zeros' }) },
    weight: ({ generator }) => expm(generator),
    undo: ({ generator }, y) => matmul(expm(neg(generator)), y),
    logDet: ({ generator }) => sum(mul(generator, identityMatrix(dim))),
  })

export const matrixExponentialKind: BijectorKind = {
  kind: 'matrixExponential',
  build: (options) => matrixExponential((options as { readonly dim: number }).dim),
}
