import { constant, type Example, gather } from '@diffeo/autodiff'
import { type Bijector, define, type Json, type Lipschitz, type Region } from '../bijector.ts'
import { type Domain, type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake, showShape } from '../mistake.ts'

const noParameters: Record<string, never> = {}

/**
 * Coordinates of the leading axis in another order: z[i] = x[order[i]]. An isometry: log|det J| = 0.
 * The domain is real `[order.length]` unless another one is given.
 * @throws when `order` is not a permutation of the leading axis
 */
export const permute = <D extends Domain = Real>(
  order: readonly number[],
  domain: D = real([order.length]) as Domain as D,
): Bijector<D, D, Record<string, never>> => {
  const { shape } = domain
  const back = order.map((_, i) => order.indexOf(i))
  if (order.length !== shape[0] || back.includes(-1))
    mistake(
      `permute: [${order.join(', ')}] is not an order of the leading axis of ${showShape(shape)}. Give each position from 0 once.`,
    )
  const [there, home] = [order, back].map((positions) => constant([...positions], [positions.length], 'int'))
  const moved = (x: Example, positions: Example): { readonly value: Example; readonly logDet: Example } => ({
    value: gather(x, positions),
    logDet: constant(0),
  })
  return define({
    spec: { kind: 'permute', options: { order, domain: domain as Domain as unknown as Json }, parts: [] },
    domain,
    codomain: domain,
    parameters: noParameters,
    forward: (_, x) => moved(x, there!),
    inverse: (_, z) => moved(z, home!),
    lipschitz: (_, region) => permuted(order, shape, region),
    lipschitzInverse: (_, region) => permuted(back, shape, region),
  })
}

/** The leading axis backwards. */
export const reverse = <D extends Domain = Real>(
  size: number,
  domain: D = real([size]) as Domain as D,
): Bijector<D, D, Record<string, never>> =>
  permute(
    Array.from({ length: size }, (_, i) => size - 1 - i),
    domain,
  )

const permuted = (order: readonly number[], shape: readonly number[], region: Region): Lipschitz => {
  const inner = shape.slice(1).reduce((product, n) => product * n, 1)
  const move = (corner: Float64Array): Float64Array =>
    corner.map((_, e) => corner[order[Math.floor(e / inner)]! * inner + (e % inner)]!)
  return { forward: 1, inverse: 1, image: { lower: move(region.lower), upper: move(region.upper) } }
}

export const permuteKind: BijectorKind = {
  kind: 'permute',
  build: (json) => {
    const { order, domain } = json as unknown as { readonly order: readonly number[]; readonly domain: Domain }
    return permute(order, domain)
  },
}
