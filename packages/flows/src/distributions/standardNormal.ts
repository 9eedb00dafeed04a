import { constant, type Example, mul, random, square, sub, sum } from '@diffeo/autodiff'
import { type Distribution, defineDistribution } from '../distribution.ts'
import { type Real, real, type Size, shapeOf } from '../domain.ts'
import { distributionKind, sizeIn } from './kinds.ts'
import { LOG_2_PI, lengthOf } from './normalising.ts'

/**
 * Independent normals of mean 0 and variance 1: the usual base of a flow. No parameters.
 *
 * log p(x) = -1/2 Σ x² - n/2 log 2π; entropy n/2 log 2πe.
 */
export const standardNormal = (size: Size): Distribution<Real, Record<never, never>> => {
  const shape = shapeOf(size)
  const n = lengthOf(shape)
  return defineDistribution({
    spec: { kind: 'standardNormal', options: { shape }, parts: [] },
    domain: real(shape),
    parameters: {},
    logProb: (_, x): Example => sub((-n / 2) * LOG_2_PI, mul(0.5, sum(square(x)))),
    sample: (_, key) => random.normal(key, shape),
    entropy: () => constant((n / 2) * (LOG_2_PI + 1)),
  })
}

export const standardNormalKind = distributionKind('standardNormal', (options) => standardNormal(sizeIn(options)))
