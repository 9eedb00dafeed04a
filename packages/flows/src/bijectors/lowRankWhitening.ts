import { add, neg, sub, type Tensor, zeros } from '@diffeo/autodiff'
import { assemble, type Bijector, type Region } from '../bijector.ts'
import { factorParameters, type ProbabilisticPCAParams } from '../distributions/probabilisticPCA.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { linearBounds } from './linear/bounds.ts'
import { identityMatrix } from './linear/identityMatrix.ts'
import { lowRankRoot, wantsFactors } from './linear/lowRankRoot.ts'

/**
 * Linear map z = T⁻¹ (x - mean) with T Tᵀ = W Wᵀ + σ² I: over a standard normal it is probabilistic principal component
 * analysis with `rank` factors, and its parameters are those of the distribution `probabilisticPCA`.
 *
 * - `x`, `z`: `[d]`. log|det J| = -log|det T|, the same for every x; about 2 d rank multiplications each way.
 * - With rank d - 1 every covariance is reached up to the noise that its smallest eigenvalue is: as high a likelihood as
 *   any linear map has.
 * @throws when dim is not a positive whole number, or rank not a whole number from 0 to dim - 1
 *
 * @see Tipping & Bishop 1999, Probabilistic principal component analysis
 */
export const lowRankWhitening = (dim: number, rank: number): Bijector<Real, Real, ProbabilisticPCAParams> => {
  wantsFactors('lowRankWhitening', dim, rank)
  const bounds = (params: ProbabilisticPCAParams, region: Region, whitening: boolean) => {
    const { apply, undo } = lowRankRoot(params)
    const [there, back] = [undo(identityMatrix(dim)) as Tensor, apply(identityMatrix(dim)) as Tensor]
    return whitening
      ? linearBounds(there, back, neg(undo(params.mean)) as Tensor, region)
      : linearBounds(back, there, add(params.mean, zeros([dim])), region)
  }
  return assemble<ProbabilisticPCAParams, Real, Real>({
    spec: { kind: 'lowRankWhitening', options: { dim, rank }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: factorParameters(dim, rank),
    forward: (params, x) => {
      const { undo, logDet } = lowRankRoot(params)
      return { value: undo(sub(x, params.mean)), logDet: neg(logDet) }
    },
    inverse: (params, z) => {
      const { apply, logDet } = lowRankRoot(params)
      return { value: add(apply(z), params.mean), logDet }
    },
    lipschitz: (params, region) => bounds(params, region, true),
    lipschitzInverse: (params, region) => bounds(params, region, false),
  })
}

export const lowRankWhiteningKind: BijectorKind = {
  kind: 'lowRankWhitening',
  build: (options) => {
    const { dim, rank } = options as { readonly dim: number; readonly rank: number }
    return lowRankWhitening(dim, rank)
  },
}
