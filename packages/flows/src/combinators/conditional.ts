import { add, type Example, reshape, slice, zeros } from '@diffeo/autodiff'
import { assemble, type Bijector, type Given, type Json } from '../bijector.ts'
import type { Conditioner } from '../conditioner.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { countParameters, flattenDeclared, leavesOf, mapDeclared } from '../parameters.ts'

/** A conditional map's values: those that the inner map would have, and the network's, which moves them with the context. */
export interface ConditionalParams<P = unknown> {
  readonly base: P
  readonly network: unknown
}

/**
 * A map whose trained parameters move with the context: parameters = base + network(context). Any bijector becomes a
 * conditional one; since networks start at 0, it starts as it was.
 *
 * State is the base's alone and does not move; data-dependent initialisation is left out, since values that differ by
 * example have no one start.
 *
 * @throws when the inner map has nothing to train, or the network takes no context
 * @example
 * pipe(affine(8), conditional(mlp([32], { context: 3 })))
 */
export const conditional =
  (conditioner: Conditioner) =>
  <A extends Domain, B extends Domain, P>(inner: Bijector<A, B, P>): Bijector<A, B, ConditionalParams<P>> => {
    const total = countParameters(inner.parameters, 'trained')
    if (total === 0) mistake(`conditional: ${inner.spec.kind} has no trained parameters, so nothing could move.`)
    const { options } = conditioner.spec
    if (typeof options === 'object' && options !== null && 'context' in options && options.context === 0)
      mistake(
        `conditional: the network takes no context. Give its length, as in ${conditioner.spec.kind}([64], { context: 3 }).`,
      )
    const network = conditioner.network(0, total)
    const at = (params: ConditionalParams<P>, { context }: Given): P => {
      const moves = network.apply(params.network, zeros([0]), context)
      return moved(inner, params.base, moves)
    }
    return assemble<ConditionalParams<P>, A, B>({
      spec: {
        kind: 'conditional',
        options: { conditioner: conditioner.spec as unknown as Json },
        parts: [inner.spec],
      },
      domain: inner.domain,
      codomain: inner.codomain,
      parameters: { base: inner.parameters.tree, network: network.parameters },
      cost: inner.cost,
      exactness: inner.exactness,
      forward: (params, x, given) => inner.forward(at(params, given), x, given),
      inverse: (params, z, given) => inner.inverse(at(params, given), z, given),
    })
  }

/** The base's leaves, the trained ones each moved by their piece of the network's output. */
const moved = <A extends Domain, B extends Domain, P>(inner: Bijector<A, B, P>, base: P, moves: Example): P => {
  const values = flattenDeclared<Example>(inner.parameters, base)
  let next = 0
  const leaves = leavesOf(inner.parameters).map(({ parameter: { shape, role } }, i) => {
    if (role === 'state') return values[i]!
    const start = next
    next += shape.reduce((product, n) => product * n, 1)
    return add(values[i]!, reshape(slice(moves, 0, start, next), shape))
  })
  return mapDeclared(inner.parameters, (_, i) => leaves[i]!) as P
}

export const conditionalKind: BijectorKind = {
  kind: 'conditional',
  build: (json, [inner], rebuilding) =>
    conditional(rebuilding.conditioner((json as { readonly conditioner: Json }).conditioner))(
      inner!,
    ) as unknown as Bijector,
}
