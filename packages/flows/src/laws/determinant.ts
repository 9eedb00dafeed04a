import { abs, type Example, jacobian, log, logAbsDet, reshape, sizeOf } from '@diffeo/autodiff'
import type { Bijector, Given, WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { equal } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/** logDet is log|det J| of the forward map, J the full Jacobian by automatic differentiation. Catches what is wrong in both directions alike. */
export const determinant = (b: Bijector, options?: LawOptions): Law =>
  determinantOf('logDet is log|det J|', b, b.domain, (params, x, given) => b.forward(params, x, given), options)

/** The same of the inverse map. */
export const inverseDeterminant = (b: Bijector, options?: LawOptions): Law =>
  determinantOf(
    'logDet of the inverse is log|det J⁻¹|',
    b,
    b.codomain,
    (params, z, given) => b.inverse(params, z, given),
    options,
  )

const determinantOf = (
  name: string,
  { parameters }: Bijector,
  domain: Domain,
  map: (params: unknown, x: Example, given: Given) => WithLogDet,
  options?: LawOptions,
): Law =>
  law(name, {
    ...options,
    domain,
    parameters,
    claims: (params, x, given) => [
      equal('logDet', map(params, x, given).logDet, logAbsJacobian((at) => map(params, at, given).value)(x)),
    ],
  })

/** log|det| of the Jacobian of a map between spaces of one dimension, whatever their shapes. */
export const logAbsJacobian =
  (f: (x: Example) => Example) =>
  (x: Example): Example => {
    const n = sizeOf(x.shape)
    const j = jacobian(f)(x)
    return n === 1 ? log(abs(reshape(j, []))) : logAbsDet(reshape(j, [n, n]))
  }
