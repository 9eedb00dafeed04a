import { add, type Example, matmul, neg, sub, type Tensor } from '@diffeo/autodiff'
import { assemble, type Bijector, type Json, type Region } from '../../bijector.ts'
import { type Real, real } from '../../domain.ts'
import { mistake } from '../../mistake.ts'
import { type Parameter, parameter } from '../../parameters.ts'
import { linearBounds } from './bounds.ts'
import { identityMatrix } from './identityMatrix.ts'

/** What tells one way of writing a dense matrix W by free numbers from another. */
export interface Parameterisation<P> {
  readonly kind: string
  readonly dim: number
  /** Besides `dim`. */
  readonly options?: { readonly [k: string]: Json }
  /** Of W; the shift is added to them. */
  readonly parameters: { readonly [K in Exclude<keyof P, 'shift'>]: Parameter }
  /** W, `[d, d]`. */
  weight(params: P): Tensor
  /** W⁻¹ y for a vector `[d]` or columns `[d, m]`. */
  undo(params: P, y: Example): Example
  /** log|det W| */
  logDet(params: P): Tensor
}

/** y = W x + shift: W is made once where its numbers are the same for all examples, and each example takes one product. */
export const linearMap = <P extends { readonly shift: Tensor }>({
  kind,
  dim,
  options,
  parameters,
  weight,
  undo,
  logDet,
}: Parameterisation<P>): Bijector<Real, Real, P> => {
  if (!(Number.isInteger(dim) && dim > 0)) mistake(`${kind}: dim is a whole number, at least 1, got ${dim}.`)
  const bounds = (params: P, region: Region, inverted: boolean) => {
    const [w, back] = [weight(params), undo(params, identityMatrix(dim)) as Tensor]
    return inverted
      ? linearBounds(back, w, neg(matmul(back, params.shift)), region)
      : linearBounds(w, back, params.shift, region)
  }
  return assemble<P, Real, Real>({
    spec: { kind, options: { dim, ...options }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: { ...parameters, shift: parameter([dim], { kind: 'zeros' }) },
    forward: (params, x) => ({ value: add(matmul(weight(params), x), params.shift), logDet: logDet(params) }),
    inverse: (params, z) => ({ value: undo(params, sub(z, params.shift)), logDet: neg(logDet(params)) }),
    lipschitz: (params, region) => bounds(params, region, false),
    lipschitzInverse: (params, region) => bounds(params, region, true),
  })
}
