import { add, and, type Example, notEqual, or, random, sub, where } from '@diffeo/autodiff'
import type { Bijector, Exactness, Given, Json, Spec, WithLogDet } from './bijector.ts'
import type { Distribution, WithLogProb } from './distribution.ts'
import { type Domain, sameDomain, showDomain } from './domain.ts'
import { mistake } from './mistake.ts'
import type { Declared } from './parameters.ts'
import { heldInside } from './support.ts'

/** Parameters of a flow: those of its bijector beside those of its base. */
export interface FlowParams<P = unknown, Q = unknown> {
  readonly bijector: P
  readonly base: Q
}

/** A bijector whose codomain carries a distribution, and so a distribution on its domain, the space of the data. */
export interface Flow<X extends Domain = Domain, Z extends Domain = Domain, P = unknown, Q = unknown>
  extends Distribution<X, FlowParams<P, Q>> {
  readonly bijector: Bijector<X, Z, P>
  readonly base: Distribution<Z, Q>
  /** Whether `logProb` is a closed form, found by a search to rounding, or an estimate. */
  readonly exactness: Exactness
  /** A data point's latent and log|det| of the map there. */
  toLatent(params: FlowParams<P, Q>, x: Example, given?: Given): WithLogDet
  /** A latent's data point and log|det| of that map. */
  toData(params: FlowParams<P, Q>, z: Example, given?: Given): WithLogDet
  logProb(params: FlowParams<P, Q>, x: Example, given?: Given): Example
  sample(params: FlowParams<P, Q>, key: Example, given?: Given): Example
  sampleAndLogProb(params: FlowParams<P, Q>, key: Example, given?: Given): WithLogProb
  /** Data-dependent initialisation and running state of the bijector, where it has any. */
  adapt?(params: FlowParams<P, Q>, x: Example, given?: Given): FlowParams<P, Q>
}

/**
 * The flow of a bijector over a base: log p(x) = log p_Z(f(x)) + log|det J_f(x)|, and -∞ outside the bijector's domain.
 *
 * All its functions are graphs of parameters and point; parameters are `{ bijector, base }`.
 *
 * @throws when the bijector does not map onto the base's domain
 * @example
 * pipe(affine(2), andThen(elementwise(tanh, 2)), invert, over(standardNormal(2)))
 */
export const over =
  <Z extends Domain, Q>(base: Distribution<Z, Q>) =>
  <X extends Domain, P>(bijector: Bijector<X, Z, P>): Flow<X, Z, P, Q> => {
    if (!sameDomain(bijector.codomain, base.domain))
      mistake(
        `over: ${bijector.spec.kind} maps onto ${showDomain(bijector.codomain)}, but the base ${base.spec.kind} lives on ${showDomain(base.domain)}.`,
      )
    type Params = FlowParams<P, Q>
    const toLatent = (params: Params, x: Example, given: Given = {}): WithLogDet =>
      bijector.forward(params.bijector, x, given)
    const toData = (params: Params, z: Example, given: Given = {}): WithLogDet =>
      bijector.inverse(params.bijector, z, given)
    const sampleAndLogProb = (params: Params, key: Example, given: Given = {}): WithLogProb => {
      const own = keysOf(key)
      const drawn = base.sampleAndLogProb(params.base, own.base, given)
      const at = toData(params, drawn.value, { ...given, key: own.bijector })
      return { value: at.value, logProb: sub(drawn.logProb, at.logDet) }
    }
    return {
      spec: specOf(bijector, base),
      domain: bijector.domain,
      parameters: declared(bijector, base),
      bijector,
      base,
      exactness: bijector.exactness,
      toLatent,
      toData,
      logProb: (params, x, given = {}) => {
        const held = heldInside(bijector.domain, x)
        const at = toLatent(params, held ? held.value : x, given)
        const logProb = add(base.logProb(params.base, at.value, given), at.logDet)
        if (!held) return logProb
        // An open support has no ends, but values round to them: there the map's own limit counts, where it has one.
        const nowhere = or(held.outside, and(held.onEnd, notEqual(logProb, logProb)))
        return where(nowhere, -Infinity, logProb)
      },
      sample: (params, key, given) => sampleAndLogProb(params, key, given).value,
      sampleAndLogProb,
      ...(bijector.adapt && {
        adapt: (params: Params, x: Example, given: Given = {}): Params => ({
          ...params,
          bijector: bijector.adapt!(params.bijector, x, given),
        }),
      }),
    }
  }

/** The kind of a flow's spec; options hold the bijector, the one part is the base. */
export const FLOW_KIND = 'flow'

const specOf = (bijector: Bijector, base: Distribution): Spec => ({
  kind: FLOW_KIND,
  options: { bijector: bijector.spec as unknown as Json },
  parts: [base.spec],
})

const declared = <P, Q>(
  bijector: Bijector<Domain, Domain, P>,
  base: Distribution<Domain, Q>,
): Declared<FlowParams<P, Q>> => ({
  tree: { bijector: bijector.parameters.tree, base: base.parameters.tree },
})

/** The base draws from one key, layers that are random themselves from another. */
const keysOf = (key: Example): { readonly base: Example; readonly bijector: Example } => ({
  base: random.foldIn(key, 0),
  bijector: random.foldIn(key, 1),
})
