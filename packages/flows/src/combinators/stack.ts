import { stack as stacked, take } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import type { Domain, Product } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { type Chain, chainOf } from './chain.ts'
import { sideBySide, wantsAlike } from './sideBySide.ts'

/**
 * Maps of points of one shape, one for each slice of a new leading axis: n maps of points `[…s]` make one of points
 * `[n, …s]`. Parameters are a chain's: a list of one list. The domain is the product of the parts' domains, which need
 * not be alike; `unify` turns a product of equals into that support.
 * @throws when shapes differ
 * @example
 * stack([invert(elementwise(exp)), invert(elementwise(sigmoid))]) // a positive number and a fraction, as two reals
 */
export const stack = (parts: readonly Bijector[]): Chain<Product, Product> => {
  wantsAlike('stack', parts, 'domain', (shape) => shape)
  wantsAlike('stack', parts, 'codomain', (shape) => shape)
  const productOf = (domains: readonly Domain[]): Product => ({
    support: 'product',
    shape: [domains.length, ...domains[0]!.shape],
    parts: domains,
  })
  const [domain, codomain] = [
    productOf(parts.map((part) => part.domain)),
    productOf(parts.map((part) => part.codomain)),
  ]
  const layer = sideBySide({
    spec: { kind: 'stack', options: null, parts: parts.map((part) => part.spec) },
    parts,
    domain,
    codomain,
    cut: (x) => parts.map((_, i) => take(x, 0, i)),
    join: (xs) => stacked(xs, 0),
  })
  return chainOf([layer], domain, codomain)
}

export const stackKind: BijectorKind = {
  kind: 'stack',
  // A spec's stack is one layer; the chain around it has a spec of its own.
  build: (_, parts) => stack(parts).layers[0]!,
}
