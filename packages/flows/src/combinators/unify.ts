import { constant } from '@diffeo/autodiff'
import { type Bijector, define, type Json } from '../bijector.ts'
import type { Domain, Product } from '../domain.ts'
import { showDomain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { isometry } from './chain.ts'

/**
 * A product whose parts all have one support, as that support: the point stays what it is, the compiler learns what the
 * product is made of. `invert` goes the other way.
 * @throws when a part has another support
 * @example
 * const logs = stack([invert(elementwise(exp)), invert(elementwise(sigmoid))])
 * pipe(logs, andThen(unify(logs.codomain, 'real')), andThen(affine(2)))
 */
export const unify = <const S extends string>(
  product: Product,
  support: S,
): Bijector<Product, Domain<S>, Record<string, never>> => {
  const other = (product.parts ?? []).find((part) => part.support !== support)
  if (!product.parts || other)
    mistake(`unify: ${showDomain(product)} is not made of ${support} alone${other ? ` (${showDomain(other)})` : ''}.`)
  const none: Record<string, never> = {}
  return define({
    spec: { kind: 'unify', options: { domain: product as Domain as unknown as Json, support }, parts: [] },
    domain: product,
    codomain: { support, shape: product.shape },
    parameters: none,
    forward: (_, x) => ({ value: x, logDet: constant(0) }),
    inverse: (_, z) => ({ value: z, logDet: constant(0) }),
    lipschitz: (_, region) => isometry(region),
    lipschitzInverse: (_, region) => isometry(region),
  })
}

export const unifyKind: BijectorKind = {
  kind: 'unify',
  build: (json) => {
    const { domain, support } = json as unknown as { readonly domain: Product; readonly support: string }
    return unify(domain, support) as unknown as Bijector
  },
}
