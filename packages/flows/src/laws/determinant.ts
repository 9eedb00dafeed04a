import {
  abs,
  add,
  div,
  type Example,
  jacobian,
  less,
  log,
  logAbsDet,
  max,
  reshape,
  sizeOf,
  sum,
  where,
} from '@diffeo/autodiff'
import type { Bijector, WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { type Claim, equal } from './claim.ts'
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
  const found = logAbsJacobian((at) => map(at).value)(x)
  // A determinant that rounding moves by a factor has no digits left to compare.
  return equal('logDet', logDet, found, [x, { value, domain: codomain }, logDet, found])
}

/**
 * log|det| of the Jacobian of a map between spaces of one dimension, whatever their shapes. Its rows are brought to one
 * size first: those of an exponential may be further apart than a number format reaches.
 */
export const logAbsJacobian =
  (f: (x: Example) => Example) =>
  (x: Example): Example => {
    const n = sizeOf(x.shape)
    const j = jacobian(f)(x)
    if (n === 1) return log(abs(reshape(j, [])))
    const rows = reshape(j, [n, n])
    const largest = max(abs(rows), 1, true)
    const sizes = where(less(0, largest), largest, 1)
    return add(logAbsDet(div(rows, sizes)), sum(log(sizes)))
  }
