import { abs, type Example, jacobian, log, logAbsDet, reshape, sizeOf } from '@diffeo/autodiff'
import type { Bijector, WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { type Claim, equal, inside } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/** logDet is log|det J| of the forward map, J the full Jacobian by automatic differentiation. Catches what is wrong in both directions alike. */
export const determinant = (b: Bijector, options?: LawOptions): Law =>
  law('logDet is log|det J|', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => [agreement((at) => b.forward(params, at, given), x, b.codomain)],
  })

/** The same of the inverse map. */
export const inverseDeterminant = (b: Bijector, options?: LawOptions): Law =>
  law('logDet of the inverse is log|det J⁻¹|', {
    ...options,
    domain: b.codomain,
    parameters: b.parameters,
    claims: (params, z, given) => [agreement((at) => b.inverse(params, at, given), z, b.domain)],
  })

const agreement = (map: (x: Example) => WithLogDet, x: Example, codomain: Domain): Claim => {
  const { value, logDet } = map(x)
  return equal('logDet', logDet, logAbsJacobian((at) => map(at).value)(x), [x, value, logDet, inside(codomain, value)])
}

/** log|det| of the Jacobian of a map between spaces of one dimension, whatever their shapes. */
export const logAbsJacobian =
  (f: (x: Example) => Example) =>
  (x: Example): Example => {
    const n = sizeOf(x.shape)
    const j = jacobian(f)(x)
    return n === 1 ? log(abs(reshape(j, []))) : logAbsDet(reshape(j, [n, n]))
  }
