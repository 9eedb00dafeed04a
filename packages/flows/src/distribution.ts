import { type Example, sameShape, type Tensor } from '@diffeo/autodiff'
import type { Given, Spec } from './bijector.ts'
import type { Domain } from './domain.ts'
import { mistake, showShape } from './mistake.ts'
import type { Declared, ParameterTree, Values } from './parameters.ts'

/** A point and its log-density there, `[]`, nats. */
export interface WithLogProb {
  readonly value: Example
  readonly logProb: Example
}

/**
 * A density on a domain, as graphs of its parameters: nothing is computed while they are written. A base of a flow, or
 * a flow itself.
 */
export interface Distribution<D extends Domain = Domain, P = unknown> {
  readonly spec: Spec
  readonly domain: D
  readonly parameters: Declared<P>
  /** Log-density at `x`, `[]`, nats; -∞ outside the support. */
  logProb(params: P, x: Example, given: Given): Example
  /** One draw for each key; a key that varies (`random.foldIn(key, lanes.index())`) gives a draw for each example. */
  sample(params: P, key: Example, given: Given): Example
  /** A draw and its log-density. A flow keeps the two together: the draw is never inverted to find it. */
  sampleAndLogProb(params: P, key: Example, given: Given): WithLogProb
  /** -E[logProb], `[]`, nats, where it has a closed form. */
  entropy?(params: P): Tensor
}

/** How a distribution is made, ours and users' alike: the parameter tree gives the type of `params`. */
export interface DistributionDefinition<T extends ParameterTree, D extends Domain> {
  readonly spec: Spec
  readonly domain: D
  readonly parameters: T
  logProb(params: Values<T>, x: Example, given: Given): Example
  sample(params: Values<T>, key: Example, given: Given): Example
  entropy?(params: Values<T>): Tensor
}

/**
 * A distribution from its definition.
 * @throws when a point does not have the domain's shape, or a log-density is no scalar
 */
export const defineDistribution = <const T extends ParameterTree, D extends Domain>(
  definition: DistributionDefinition<T, D>,
): Distribution<D, Values<T>> => assembleDistribution<Values<T>, D>(definition)

/** `DistributionDefinition` once the type of the values is known. */
export interface Meaning<P, D extends Domain> {
  readonly spec: Spec
  readonly domain: D
  readonly parameters: ParameterTree
  logProb(params: P, x: Example, given: Given): Example
  sample(params: P, key: Example, given: Given): Example
  entropy?(params: P): Tensor
}

/** `defineDistribution` with the type of the values given instead of found: for trees whose type the compiler cannot follow. */
export const assembleDistribution = <P, D extends Domain>(meaning: Meaning<P, D>): Distribution<D, P> => {
  const { spec, domain } = meaning
  const logProb = (params: P, x: Example, given: Given): Example => {
    wantsShape(`${spec.kind}.logProb: the point`, domain.shape, x)
    const result = meaning.logProb(params, x, given)
    wantsShape(`${spec.kind}.logProb: the result`, [], result)
    return result
  }
  const sample = (params: P, key: Example, given: Given): Example => {
    const value = meaning.sample(params, key, given)
    wantsShape(`${spec.kind}.sample: the draw`, domain.shape, value)
    return value
  }
  return {
    spec,
    domain,
    parameters: { tree: meaning.parameters },
    logProb,
    sample,
    sampleAndLogProb: (params, key, given) => {
      const value = sample(params, key, given)
      return { value, logProb: logProb(params, value, given) }
    },
    ...(meaning.entropy && { entropy: (params: P): Tensor => meaning.entropy!(params) }),
  }
}

const wantsShape = (what: string, shape: readonly number[], x: Example): void => {
  if (!sameShape(shape, x.shape))
    mistake(
      `${what} has shape ${showShape(x.shape)}, expected ${showShape(shape)}. The batch is implicit: leave it out.`,
    )
}
