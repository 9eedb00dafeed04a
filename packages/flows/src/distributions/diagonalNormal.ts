import { add, exp, mul, neg, random, square, sub, sum, type Tensor } from '@diffeo/autodiff'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Real, real, type Size, shapeOf } from '../domain.ts'
import { parameter } from '../parameters.ts'
import { distributionKind, sizeIn } from './kinds.ts'
import { LOG_2_PI, lengthOf } from './normalising.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type DiagonalNormalParams = { readonly mean: Tensor; readonly logDeviation: Tensor }

/**
 * Independent normals with a trained mean and standard deviation e^logDeviation for each coordinate; standard at the
 * start.
 *
 * log p(x) = -1/2 Σ ((x - mean) / e^logDeviation)² - Σ logDeviation - n/2 log 2π.
 */
export const diagonalNormal = (size: Size): Distribution<Real, DiagonalNormalParams> => {
  const shape = shapeOf(size)
  const n = lengthOf(shape)
  return assembleDistribution<DiagonalNormalParams, Real>({
    spec: { kind: 'diagonalNormal', options: { shape }, parts: [] },
    domain: real(shape),
    parameters: { mean: parameter(shape, { kind: 'zeros' }), logDeviation: parameter(shape, { kind: 'zeros' }) },
    logProb: ({ mean, logDeviation }, x) => {
      const z = mul(sub(x, mean), exp(neg(logDeviation)))
      return sub((-n / 2) * LOG_2_PI, add(mul(0.5, sum(square(z))), sum(logDeviation)))
    },
    sample: ({ mean, logDeviation }, key) => add(mean, mul(exp(logDeviation), random.normal(key, shape))),
    entropy: ({ logDeviation }) => add((n / 2) * (LOG_2_PI + 1), sum(logDeviation)),
  })
}

export const diagonalNormalKind = distributionKind('diagonalNormal', (options) => diagonalNormal(sizeIn(options)))
