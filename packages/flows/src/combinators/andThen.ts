import type { Bijector } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { type Chain, chainOf, layersOf } from './chain.ts'
import { meets } from './meets.ts'

/**
 * One map, then another: `pipe(first, andThen(second))`. Flat, so the bracketing of a longer pipe makes no difference;
 * an empty chain leaves the other as it is.
 * @throws when the first's codomain is not the second's domain, naming both
 * @example
 * pipe(affine(2), andThen(elementwise(tanh, 2)), invert)
 */
export const andThen =
  <B extends Domain, C extends Domain, Q>(second: Bijector<B, C, Q>) =>
  <A extends Domain, P>(first: Bijector<A, B, P>): Chain<A, C> => {
    // The identity of the category has no domain of its own: it takes its neighbour's.
    const [before, after] = [erased(first), erased(second)]
    if (before.domain === undefined) return chainOf(layersOf(after), second.domain as Domain as A, second.codomain)
    if (after.domain === undefined) return chainOf(layersOf(before), first.domain, first.codomain as Domain as C)
    meets(before, after)
    return chainOf([...layersOf(before), ...layersOf(after)], first.domain, second.codomain)
  }

const erased = <A extends Domain, B extends Domain, P>(b: Bijector<A, B, P>): Bijector => b as unknown as Bijector
