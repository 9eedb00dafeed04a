import { constant, reshape as reshaped, type Shape, sizeOf } from '@diffeo/autodiff'
import { type Bijector, define, type Json } from '../bijector.ts'
import { type Domain, endsOf, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake, showShape } from '../mistake.ts'
import { isometry } from './chain.ts'

/**
 * The same numbers, in row-major order, under another shape. An isometry: log|det J| = 0. Only for supports that hold
 * coordinate by coordinate (not for a simplex or a sphere, whose axes mean something).
 * @throws when the number of elements differs, or the support is of another sort
 */
export const reshape = <D extends Domain>(
  domain: D,
  to: Size,
): Bijector<D, Domain<D['support']>, Record<string, never>> => {
  const shape: Shape = shapeOf(to)
  if (endsOf(domain.support) === undefined && domain.support !== 'circle')
    mistake(
      `reshape: the axes of ${domain.support} ${showShape(domain.shape)} mean something, so it has one shape only.`,
    )
  if (sizeOf(shape) !== sizeOf(domain.shape))
    mistake(
      `reshape: ${showShape(domain.shape)} has ${sizeOf(domain.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}.`,
    )
  const codomain: Domain<D['support']> = { support: domain.support, shape }
  const none: Record<string, never> = {}
  return define({
    spec: { kind: 'reshape', options: { domain: domain as Domain as unknown as Json, to: shape }, parts: [] },
    domain,
    codomain,
    parameters: none,
    forward: (_, x) => ({ value: reshaped(x, shape), logDet: constant(0) }),
    inverse: (_, z) => ({ value: reshaped(z, domain.shape), logDet: constant(0) }),
    lipschitz: (_, region) => isometry(region),
    lipschitzInverse: (_, region) => isometry(region),
  })
}

export const reshapeKind: BijectorKind = {
  kind: 'reshape',
  build: (json) => {
    const { domain, to } = json as unknown as { readonly domain: Domain; readonly to: Shape }
    return reshape(domain, to)
  },
}
