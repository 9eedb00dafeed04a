import {
  add,
  cos,
  div,
  exp,
  expm1,
  log,
  log1p,
  mul,
  neg,
  random,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@diffeo/autodiff'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Real, real, type Size, shapeOf } from '../domain.ts'
import { parameter } from '../parameters.ts'
import { digammaHalfStep, logGammaHalfStep } from './gammaSteps.ts'
import { distributionKind, sizeIn } from './kinds.ts'

/** A type, not an interface, so that it is a tree of tensors; each has the event's shape. */
export type StudentTParams = {
  readonly location: Tensor
  readonly logScale: Tensor
  /** Logarithm of the degrees of freedom ν. */
  readonly logDegrees: Tensor
}

/** At the start: tails heavier than a normal's, with a mean and a variance. */
const FIRST_DEGREES = 5

/**
 * Independent Student's t in each coordinate, with trained location, scale and degrees of freedom ν (5 at the start):
 * a base for data whose tails are heavier than a normal's.
 *
 * log p(x) = log Γ((ν+1)/2) - log Γ(ν/2) - 1/2 log πν - (ν+1)/2 log(1 + z²/ν) - logScale, z = (x - location) e^-logScale.
 *
 * @see Bailey 1994, Polar generation of random variates with the t-distribution (sampling)
 */
export const studentT = (size: Size): Distribution<Real, StudentTParams> => {
  const shape = shapeOf(size)
  return assembleDistribution<StudentTParams, Real>({
    spec: { kind: 'studentT', options: { shape }, parts: [] },
    domain: real(shape),
    parameters: {
      location: parameter(shape, { kind: 'zeros' }),
      logScale: parameter(shape, { kind: 'zeros' }),
      logDegrees: parameter(shape, { kind: 'constant', value: Math.log(FIRST_DEGREES) }),
    },
    logProb: ({ location, logScale, logDegrees }, x) => {
      const z = mul(sub(x, location), exp(neg(logScale)))
      const degrees = exp(logDegrees)
      const half = mul(0.5, add(degrees, 1))
      const kernel = mul(half, log1p(div(square(z), degrees)))
      return sum(sub(sub(neg(logBeta(degrees)), kernel), add(mul(0.5, logDegrees), logScale)))
    },
    // √(ν (u^(-2/ν) - 1)) cos 2πv of two uniform numbers is exactly t with ν degrees.
    sample: ({ location, logScale, logDegrees }, key) => {
      const degrees = exp(logDegrees)
      const [first, second] = random.split(key, 2)
      const radius = sqrt(mul(degrees, expm1(mul(div(-2, degrees), log(random.uniform(first!, shape))))))
      const t = mul(radius, cos(mul(2 * Math.PI, random.uniform(second!, shape))))
      return add(location, mul(exp(logScale), t))
    },
    entropy: ({ logScale, logDegrees }) => {
      const degrees = exp(logDegrees)
      const spread = mul(mul(0.5, add(degrees, 1)), digammaHalfStep(mul(0.5, degrees)))
      return sum(add(add(spread, logBeta(degrees)), add(mul(0.5, logDegrees), logScale)))
    },
  })
}

/** log B(ν/2, 1/2) = log Γ(ν/2) + 1/2 log π - log Γ((ν+1)/2) */
const logBeta = (degrees: Tensor): Tensor => sub(0.5 * Math.log(Math.PI), logGammaHalfStep(mul(0.5, degrees)))

export const studentTKind = distributionKind('studentT', (options) => studentT(sizeIn(options)))
