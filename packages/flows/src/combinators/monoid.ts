import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Bijector } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { andThen } from './andThen.ts'
import { identity } from './identity.ts'

/**
 * Maps of one domain onto itself under composition, in the order they run: `concatAll(getMonoid(domain))(layers)` is a
 * deep flow.
 */
export const getMonoid = <D extends Domain>(domain: D): Monoid<Bijector<D, D>> => ({
  empty: identity(domain),
  concat: (first, second) => andThen(second)(first),
})
