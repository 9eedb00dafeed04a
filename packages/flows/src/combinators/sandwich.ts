import { add } from '@diffeo/autodiff'
import { assemble, type Bijector, type Lipschitz, type Region, type WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { composeBounds, leastExact, worstOf } from './chain.ts'
import { invert } from './invert.ts'
import { meets } from './meets.ts'

/** A sandwich's values: the inner map's and the outer map's, which is run in both directions with the same ones. */
export interface SandwichParams<P = unknown, Q = unknown> {
  readonly inner: P
  readonly outer: Q
}

/**
 * outer⁻¹ ∘ inner ∘ outer: the inner map seen in other coordinates. Unlike a chain of three, the outer map has one set
 * of parameters.
 * @throws when the outer map's codomain is not the inner map's domain and codomain
 * @example
 * pipe(inUnitCube, sandwich(elementwise(sigmoid, 8))) // a map of the reals from one of the unit cube
 */
export const sandwich =
  <A extends Domain, B extends Domain, Q>(outer: Bijector<A, B, Q>) =>
  <P>(inner: Bijector<B, B, P>): Bijector<A, A, SandwichParams<P, Q>> => {
    const [around, inside] = [outer as unknown as Bijector, inner as unknown as Bijector]
    meets(around, inside)
    meets(inside, invert(around))
    return assemble<SandwichParams<P, Q>, A, A>({
      spec: { kind: 'sandwich', options: null, parts: [inner.spec, outer.spec] },
      domain: outer.domain,
      codomain: outer.domain,
      parameters: { inner: inner.parameters.tree, outer: outer.parameters.tree },
      cost: {
        forward: worstOf([outer.cost.forward, inner.cost.forward, outer.cost.inverse]),
        inverse: worstOf([outer.cost.forward, inner.cost.inverse, outer.cost.inverse]),
      },
      exactness: leastExact([outer.exactness, inner.exactness]),
      forward: (params, x, given) => {
        const into = outer.forward(params.outer, x, given)
        const across = inner.forward(params.inner, into.value, given)
        return total([into, across, outer.inverse(params.outer, across.value, given)])
      },
      inverse: (params, z, given) => {
        const into = outer.forward(params.outer, z, given)
        const across = inner.inverse(params.inner, into.value, given)
        return total([into, across, outer.inverse(params.outer, across.value, given)])
      },
      ...((outer.adapt || inner.adapt) && {
        adapt: (params, x, given) => {
          const own = outer.adapt ? outer.adapt(params.outer, x, given) : params.outer
          const seen = outer.forward(own, x, given).value
          return { outer: own, inner: inner.adapt ? inner.adapt(params.inner, seen, given) : params.inner }
        },
      }),
      ...(around.lipschitzInverse && {
        lipschitz: (params, region) =>
          boundsThrough(around, params.outer, region, (image) => inner.lipschitz(params.inner, image)),
        ...(inner.lipschitzInverse && {
          lipschitzInverse: (params: SandwichParams<P, Q>, region: Region) =>
            boundsThrough(around, params.outer, region, (image) => inner.lipschitzInverse!(params.inner, image)),
        }),
      }),
    })
  }

const total = (steps: readonly WithLogDet[]): WithLogDet => ({
  value: steps.at(-1)!.value,
  logDet: steps.map(({ logDet }) => logDet).reduce((a, b) => add(a, b)),
})

const boundsThrough = (
  outer: Bijector,
  params: unknown,
  region: Region,
  across: (image: Region) => Lipschitz,
): Lipschitz => {
  const into = outer.lipschitz(params, region)
  const middle = composeBounds(into, across(into.image))
  return composeBounds(middle, outer.lipschitzInverse!(params, middle.image))
}

export const sandwichKind: BijectorKind = {
  kind: 'sandwich',
  build: (_, [inner, outer]) => sandwich(outer!)(inner!) as unknown as Bijector,
}
