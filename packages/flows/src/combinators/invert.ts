import { type Bijector, type Lipschitz, type Region, unbounded } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { type Chain, chainOf, isChain } from './chain.ts'

/**
 * The map run backwards; its own inverse. A chain is reversed layer by layer, its parameter list with it:
 * invert(a; b) = invert(b); invert(a). Parameters of any other bijector stay as they are.
 *
 * `adapt` of the inverted map shows the map inside the points that it sees in its own domain.
 */
export const invert = <A extends Domain, B extends Domain, P>(b: Bijector<A, B, P>): Bijector<B, A, P> => {
  const bare = b as unknown as Bijector
  if (isChain(bare)) return inverted(bare) as unknown as Bijector<B, A, P>
  if (isInverted(bare)) return bare.inside as unknown as Bijector<B, A, P>
  const before = known.get(bare)
  if (before) return before as unknown as Bijector<B, A, P>
  const made = turned(b)
  known.set(bare, made as unknown as Bijector)
  return made
}

/** One inverse for each map, so that chains of the same layers are the same values however they were inverted. */
const known = new WeakMap<Bijector, Bijector>()

const inverted = (b: Chain): Chain => chainOf([...b.layers].reverse().map(invert), b.codomain, b.domain)

/** Keeps what it is the inverse of, so that inverting it gives that back. */
interface Inverted {
  readonly inside: Bijector
}
const isInverted = (b: Bijector): b is Bijector & Inverted => 'inside' in b

const turned = <A extends Domain, B extends Domain, P>(b: Bijector<A, B, P>): Bijector<B, A, P> & Inverted => ({
  inside: b as unknown as Bijector,
  spec: { kind: 'invert', options: null, parts: [b.spec] },
  domain: b.codomain,
  codomain: b.domain,
  parameters: b.parameters,
  cost: { forward: b.cost.inverse, inverse: b.cost.forward },
  exactness: b.exactness,
  forward: (params, z, given) => b.inverse(params, z, given),
  inverse: (params, x, given) => b.forward(params, x, given),
  ...(b.adapt && {
    adapt: (params: P, z: Parameters<typeof b.forward>[1], given: Parameters<typeof b.forward>[2]): P =>
      b.adapt!(params, b.inverse(params, z, given).value, given),
  }),
  lipschitz: (params, region) => b.lipschitzInverse?.(params, region) ?? unbounded(b.domain),
  lipschitzInverse: (params: P, region: Region): Lipschitz => b.lipschitz(params, region),
})

export const invertKind: BijectorKind = { kind: 'invert', build: (_, parts) => invert(parts[0]!) }
