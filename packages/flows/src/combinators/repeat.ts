import type { Bijector } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { type Chain, chain } from './chain.ts'

/**
 * A chain of `count` layers, each made anew with parameters of its own; `make` is told which one it makes, from 0.
 * @throws when the count is not a positive whole number, or neighbours do not meet
 * @example
 * repeat(8, (i) => coupling({ mask: alternating(8, i), transform: affineTransform(), conditioner: mlp([64, 64]) }))
 */
export const repeat = <D extends Domain, P>(count: number, make: (i: number) => Bijector<D, D, P>): Chain<D, D> => {
  if (!(Number.isInteger(count) && count > 0))
    mistake(`repeat: the number of layers is a positive whole number, got ${count}. No layers are identity(domain).`)
  return chain(Array.from({ length: count }, (_, i) => make(i) as unknown as Bijector<D, D>))
}
