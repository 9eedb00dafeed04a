import {
  add,
  cumulativeSum,
  type Example,
  equal,
  expandDims,
  greater,
  logSumExp,
  random,
  slice,
  softmax,
  stack,
  sub,
  sum,
  type Tensor,
  where,
} from '@diffeo/autodiff'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Domain, sameDomain, showDomain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { distributionKind } from './kinds.ts'

/** Parameters of a mixture: `logits` `[k]`, whose softmax weighs the components, and those of each component. */
export interface MixtureParams {
  readonly logits: Tensor
  readonly components: readonly unknown[]
}

/**
 * A weighted mixture of distributions, or flows, on one domain; equal weights at the start. Components of one kind start
 * equal and would stay so, unless their parameters are drawn or given: move them apart before a training.
 *
 * log p(x) = log Σ softmax(logits)_k p_k(x). A draw picks a component by the inverse of the weights' cumulative sum.
 * @throws when there is no component, or two lie on different domains
 */
export const mixture = <D extends Domain>(components: readonly Distribution<D>[]): Distribution<D, MixtureParams> => {
  const [first] = components
  if (!first) return mistake('mixture: needs one component at least.')
  const other = components.find(({ domain }) => !sameDomain(domain, first.domain))
  if (other)
    mistake(
      `mixture: components share one domain, but ${first.spec.kind} lives on ${showDomain(first.domain)} and ${other.spec.kind} on ${showDomain(other.domain)}.`,
    )
  const k = components.length
  return assembleDistribution<MixtureParams, D>({
    spec: { kind: 'mixture', options: {}, parts: components.map(({ spec }) => spec) },
    domain: first.domain,
    parameters: {
      logits: parameter(k, { kind: 'zeros' }),
      components: components.map(({ parameters }) => parameters.tree),
    },
    logProb: ({ logits, components: params }, x, given) => {
      const densities = stack(components.map((part, i) => part.logProb(params[i], x, given)))
      return logSumExp(add(sub(logits, logSumExp(logits)), densities))
    },
    sample: ({ logits, components: params }, key, given) => {
      const [choice, draws] = random.split(key, 2)
      // The last sum is 1 to rounding only, so it is left out: what exceeds all others is the last component.
      const sums = slice(cumulativeSum(softmax(logits)), 0, 0, k - 1)
      const chosen = sum(where(greater(expandDims(random.uniform(choice!, []), 0), sums), 1, 0))
      return components.reduce<Example | undefined>((at, part, i) => {
        const drawn = part.sample(params[i], random.foldIn(draws!, i), given)
        return at === undefined ? drawn : where(equal(chosen, i), drawn, at)
      }, undefined)!
    },
  })
}

export const mixtureKind = distributionKind('mixture', (_, parts) => mixture(parts))
