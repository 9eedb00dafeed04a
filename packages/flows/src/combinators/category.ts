import type { Category2 } from 'fp-ts/lib/Category.js'
import type { Bijector } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { andThen } from './andThen.ts'
import { identity } from './identity.ts'

declare module 'fp-ts/HKT' {
  interface URItoKind2<E, A> {
    readonly Bijector: Bijector<E extends Domain ? E : never, A extends Domain ? A : never>
  }
}

export const URI = 'Bijector'
export type URI = typeof URI

/**
 * Domains and the maps between them. `compose(bc, ab)` runs `ab` first. The identity is the empty chain, which takes its
 * domain from its neighbour.
 */
export const Category: Category2<URI> = {
  URI,
  id: () => anywhere() as never,
  compose: (bc, ab) => andThen(bc as unknown as Bijector)(ab as unknown as Bijector) as never,
}

/** The one chain without a domain. Casts: fp-ts's `id<A>()` has no argument that could name it. */
const anywhere = (): Bijector => identity(undefined as unknown as Domain)
