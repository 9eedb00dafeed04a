import { neg } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import { equal } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/**
 * f(f⁻¹(y)) = y for y = f(x), f⁻¹(f(x)) = x, and the two log-determinants at one point cancel. Compared in y as well as
 * in x: near saturation many x share one y. Catches an inverse that is not the inverse of the forward map, and a
 * log-determinant with the wrong sign in one direction; one that is wrong both ways is left to `determinant`.
 */
export const undoes = (b: Bijector, options?: LawOptions): Law =>
  law('inverse undoes forward', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const y = b.forward(params, x, given)
      const back = b.inverse(params, y.value, given)
      const again = b.forward(params, back.value, given)
      const about = [x, { value: y.value, domain: b.codomain }, y.logDet, back.value]
      return [
        equal('f(f⁻¹(y))', again.value, y.value, about),
        equal('f⁻¹(f(x))', back.value, x, about),
        equal('logDet f + logDet f⁻¹', again.logDet, neg(back.logDet), about),
      ]
    },
  })

/** The same from the other side: f⁻¹(f(x)) = x for x = f⁻¹(z), over the whole codomain. */
export const undoesBack = (b: Bijector, options?: LawOptions): Law =>
  law('forward undoes inverse', {
    ...options,
    domain: b.codomain,
    parameters: b.parameters,
    claims: (params, z, given) => {
      const x = b.inverse(params, z, given)
      const back = b.forward(params, x.value, given)
      const again = b.inverse(params, back.value, given)
      const about = [z, { value: x.value, domain: b.domain }, x.logDet, back.value]
      return [
        equal('f⁻¹(f(x))', again.value, x.value, about),
        equal('f(f⁻¹(z))', back.value, z, about),
        equal('logDet f⁻¹ + logDet f', again.logDet, neg(back.logDet), about),
      ]
    },
  })
