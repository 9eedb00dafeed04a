import { add, exp, logit, mul, neg, random, softplus, sub, sum, type Tensor } from '@diffeo/autodiff'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Real, real, type Size, shapeOf } from '../domain.ts'
import { parameter } from '../parameters.ts'
import { distributionKind, sizeIn } from './kinds.ts'
import { lengthOf } from './normalising.ts'

/** A type, not an interface, so that it is a tree of tensors; each has the event's shape. */
export type LogisticParams = { readonly location: Tensor; readonly logScale: Tensor }

/**
 * Independent logistic distributions with a trained location and scale for each coordinate; standard at the start.
 *
 * log p(x) = -softplus(z) - softplus(-z) - logScale, z = (x - location) e^-logScale.
 */
export const logistic = (size: Size): Distribution<Real, LogisticParams> => {
  const shape = shapeOf(size)
  return assembleDistribution<LogisticParams, Real>({
    spec: { kind: 'logistic', options: { shape }, parts: [] },
    domain: real(shape),
    parameters: { location: parameter(shape, { kind: 'zeros' }), logScale: parameter(shape, { kind: 'zeros' }) },
    logProb: ({ location, logScale }, x) => {
      const z = mul(sub(x, location), exp(neg(logScale)))
      return neg(sum(add(add(softplus(z), softplus(neg(z))), logScale)))
    },
    sample: ({ location, logScale }, key) => add(location, mul(exp(logScale), logit(random.uniform(key, shape)))),
    entropy: ({ logScale }) => add(2 * lengthOf(shape), sum(logScale)),
  })
}

export const logisticKind = distributionKind('logistic', (options) => logistic(sizeIn(options)))
