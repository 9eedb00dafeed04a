import {
  add,
  constant,
  div,
  type Example,
  exp,
  expm1,
  less,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  random,
  root,
  softplus,
  softplusInverse,
  stack,
  sub,
  sum,
  take,
  where,
} from '@diffeo/autodiff'
import { type Bijector, define } from '../bijector.ts'
import { andThen } from '../combinators/andThen.ts'
import { type Distribution, defineDistribution } from '../distribution.ts'
import { uniform } from '../distributions/uniform.ts'
import { type Real, real } from '../domain.ts'
import { type Flow, over } from '../flow.ts'
import { scalar } from '../scalar/scalar.ts'
import type { ExactPair } from './uniqueness.ts'

// Rate r is exponential with mean 1, time t given r exponential with rate r: a density p(r, t) = r e^(-r (1 + t)) that
// is bent along r t = 1. Seen as x = (log r / STRETCH, log t). In both orders of the variables the conditionals are known:
//   r ~ Exp(1),                t | r ~ Exp(r)
//   P(t < T) = T / (1 + T),    r | t ~ Gamma(2, rate 1 + t)
// Logs of exponential variables are the base, so that the first order needs no more than a sum.

const STRETCH = 2.5

/** Two independent logs of an exponential variable of mean 1: log p(z) = Σ z - e^z. */
const logExponential: Distribution<Real, Record<never, never>> = defineDistribution({
  spec: { kind: 'logExponential', options: null, parts: [] },
  domain: real(2),
  parameters: {},
  logProb: (_, z) => sum(sub(z, exp(z))),
  sample: (_, key) => log(neg(log(random.uniform(key, [2])))),
})

const at = (x: Example, i: number): Example => take(x, 0, i)

/** z = (log r, log t + log r): rates first, then times. */
const ratesFirst: Bijector<Real, Real> = define({
  spec: { kind: 'ratesFirst', options: null, parts: [] },
  domain: real(2),
  codomain: real(2),
  parameters: {},
  forward: (_, x) => {
    const logRate = mul(STRETCH, at(x, 0))
    return { value: stack([logRate, add(logRate, at(x, 1))]), logDet: constant(Math.log(STRETCH)) }
  },
  inverse: (_, z) => ({
    value: stack([div(at(z, 0), STRETCH), sub(at(z, 1), at(z, 0))]),
    logDet: constant(-Math.log(STRETCH)),
  }),
})

/** z = (log of -log P(r > R | t), log of -log P(t > T)): times first, then rates. */
const timesFirst: Bijector<Real, Real> = define({
  spec: { kind: 'timesFirst', options: null, parts: [] },
  domain: real(2),
  codomain: real(2),
  parameters: {},
  forward: (_, x) => {
    const logTime = at(x, 1)
    const logShape = add(mul(STRETCH, at(x, 0)), softplus(logTime))
    const z = [logTail(logShape), logSoftplus(logTime)] as const
    return { value: stack(z), logDet: timesFirstLogDet(logTime, logShape, z) }
  },
  inverse: (_, z) => {
    const logTime = softplusInverse(exp(at(z, 1)))
    const logShape = root((s: Example) => sub(logTail(s), at(z, 0)), -Infinity, Infinity)
    const value = stack([div(sub(logShape, softplus(logTime)), STRETCH), logTime])
    return { value, logDet: neg(timesFirstLogDet(logTime, logShape, [at(z, 0), at(z, 1)])) }
  },
  cost: { forward: 'parallel', inverse: 'iterative' },
  exactness: 'numerical',
})

const timesFirstLogDet = (logTime: Example, logShape: Example, z: readonly [Example, Example]): Example => {
  const byTime = sub(neg(softplus(neg(logTime))), z[1])
  const byRate = sub(sub(mul(2, logShape), softplus(logShape)), z[0])
  return add(add(byTime, byRate), Math.log(STRETCH))
}

/** log(s - log(1 + s)) of s = e^logS, where both are nearly equal by its series. */
const logTail = (logS: Example): Example => {
  const limit = 0.01
  const s = exp(logS)
  const few = minimum(s, limit)
  const series = [-1 / 7, 1 / 6, -1 / 5, 1 / 4, -1 / 3, 1 / 2].reduce<Example>(
    (total, term) => add(mul(total, few), term),
    constant(1 / 8),
  )
  const many = maximum(s, limit)
  return where(less(s, limit), add(mul(2, logS), log(series)), log(sub(many, log1p(many))))
}

/** log log(1 + e^x), far below 0 by its series. */
const logSoftplus = (x: Example): Example => {
  const limit = -15
  const low = minimum(x, limit)
  return where(less(x, limit), sub(low, mul(0.5, exp(low))), log(softplus(maximum(x, limit))))
}

const pairOf = (first: Flow, second: Flow): ExactPair => {
  const params = () => ({ bijector: {}, base: {} })
  return { parameters: { tree: {} }, first: { flow: first, params }, second: { flow: second, params } }
}

const flowOf = (b: Bijector<Real, Real>): Flow => over(logExponential)(b) as unknown as Flow

/**
 * Why a determinant is not unique: two increasing triangular flows of one density over one base, in the two orders of
 * its variables. The determinant is 2.5 everywhere in the first, and takes every value between 0 and 5 in the second.
 */
export const bentInTwoOrders: ExactPair = pairOf(flowOf(ratesFirst), flowOf(timesFirst))

const toUniform = scalar((z) => neg(expm1(neg(exp(z)))), { shape: [2] }) as unknown as Bijector
const uniformFlowOf = (b: Bijector<Real, Real>): Flow => {
  const both = andThen(toUniform)(b as unknown as Bijector)
  return over(uniform(2))(both as never) as unknown as Flow
}

/** The same two orders over a uniform base, where their determinants agree. */
export const bentOverUniform: ExactPair = pairOf(uniformFlowOf(ratesFirst), uniformFlowOf(timesFirst))
