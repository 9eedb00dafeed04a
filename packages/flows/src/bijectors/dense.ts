import { logAbsDet, solve, type Tensor } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { linearMap } from './linear/linearMap.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type DenseLinearParams = {
  /** `[d, d]` */
  readonly weight: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Dense linear map y = W x + shift with the elements of W as they are; the identity at the start.
 *
 * - `x`, `y`: `[d]`. log|det J| = log|det W| by LU factors, the same for every x; inverse by the same factors. About d³/3
 *   multiplications each time the parameters change.
 * - Fails: a singular W gives -∞ and an inverse that is infinite or NaN; nothing keeps training from passing through one,
 *   which the factored maps exclude.
 */
export const denseLinear = (dim: number): Bijector<Real, Real, DenseLinearParams> =>
  linearMap<DenseLinearParams>({
    kind: 'denseLinear',
    dim,
    parameters: { weight: parameter([dim, dim], { kind: 'identity' }) },
    weight: ({ weight }) => weight,
    undo: ({ weight }, y) => solve(weight, y),
    logDet: ({ weight }) => logAbsDet(weight),
  })

export const denseLinearKind: BijectorKind = {
  kind: 'denseLinear',
  build: (options) => denseLinear((options as { readonly dim: number }).dim),
}
