import { add, exp, matmul, mul, random, square, sub, sum, type Tensor } from '@diffeo/autodiff'
import { lowRankRoot, wantsFactors } from '../bijectors/linear/lowRankRoot.ts'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Real, real } from '../domain.ts'
import { parameter } from '../parameters.ts'
import { distributionKind, numberIn } from './kinds.ts'
import { LOG_2_PI } from './normalising.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type ProbabilisticPCAParams = {
  /** `[d]` */
  readonly mean: Tensor
  /** `[d, q]`; none without factors. */
  readonly weights?: Tensor
  /** log σ, `[]`. */
  readonly logNoise: Tensor
}

/**
 * Probabilistic principal component analysis: a normal with covariance W Wᵀ + σ² I, of q factors and one noise for all d
 * coordinates. Starts near the standard normal; `theory.probabilisticPCA` has the best of a table in closed form.
 *
 * log p(x) = -1/2 |T⁻¹ (x - mean)|² - log|det T| - d/2 log 2π with T Tᵀ the covariance; only q x q matrices are factored.
 * @throws when d is not a positive whole number, or q not a whole number from 0 to d - 1
 *
 * @see Tipping & Bishop 1999, Probabilistic principal component analysis
 */
export const probabilisticPCA = (d: number, q: number): Distribution<Real, ProbabilisticPCAParams> => {
  wantsFactors('probabilisticPCA', d, q)
  return assembleDistribution<ProbabilisticPCAParams, Real>({
    spec: { kind: 'probabilisticPCA', options: { d, q }, parts: [] },
    domain: real(d),
    parameters: factorParameters(d, q),
    logProb: (params, x) => {
      const { undo, logDet } = lowRankRoot(params)
      return sub((-d / 2) * LOG_2_PI, add(mul(0.5, sum(square(undo(sub(x, params.mean))))), logDet))
    },
    sample: ({ mean, weights, logNoise }, key) => {
      const [noise, factors] = random.split(key, 2)
      const spread = add(mean, mul(exp(logNoise), random.normal(noise!, [d])))
      return weights === undefined ? spread : add(spread, matmul(weights, random.normal(factors!, [q])))
    },
    entropy: (params) => add((d / 2) * (LOG_2_PI + 1), lowRankRoot(params).logDet),
  })
}

/** What the distribution and the layer that whitens it both declare. */
export const factorParameters = (d: number, q: number) => ({
  mean: parameter(d, { kind: 'zeros' }),
  // Not zero: there the likelihood has a saddle.
  ...(q > 0 && { weights: parameter([d, q], { kind: 'normal', scale: 0.1 }) }),
  logNoise: parameter([], { kind: 'zeros' }),
})

export const probabilisticPCAKind = distributionKind('probabilisticPCA', (options) =>
  probabilisticPCA(numberIn(options, 'd'), numberIn(options, 'q')),
)
