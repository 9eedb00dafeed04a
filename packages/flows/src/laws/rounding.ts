import type { Bijector } from '../bijector.ts'
import { onTarget, stable } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/**
 * Value and log-determinant computed by the engines, and in float32 on the reference, agree with the float64 reference
 * to the rounding of this very computation: what every target has to do. Says nothing of the formula, whose own weakness
 * is allowed for.
 */
export const agreesWithReference = (b: Bijector, options?: LawOptions): Law =>
  law('agrees with the reference', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const y = b.forward(params, x, given)
      return [onTarget('f(x)', y.value, [y.value, y.logDet]), onTarget('logDet', y.logDet, [y.value, y.logDet])]
    },
  })

/**
 * The formulas of one map lose no more in float32 than the last places of point and parameters explain: catches what
 * cancels or overflows for no need, such as log(1 - tanh²x). For single maps: a composition may saturate in the middle.
 * In float64 nothing more exact is at hand.
 */
export const roundsWell = (b: Bijector, options?: LawOptions): Law =>
  law('the formula is stable', {
    ...options,
    precisions: ['float32'],
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const y = b.forward(params, x, given)
      return [stable('f(x)', y.value, [y.value]), stable('logDet', y.logDet, [y.value])]
    },
  })
