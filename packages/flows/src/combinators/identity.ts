import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { type Chain, chain, chainOf } from './chain.ts'

/** The empty chain: the map that leaves every point where it is. */
export const identity = <A extends Domain>(domain: A): Chain<A, A> => chainOf([], domain, domain)

export const chainKind: BijectorKind = {
  kind: 'chain',
  build: (options, parts) => {
    if (parts.length > 0) return chain(parts)
    if (typeof options !== 'object' || options === null || !('support' in options))
      return mistake('chain: an empty chain needs the domain it is on.')
    return identity(options as unknown as Domain)
  },
}
