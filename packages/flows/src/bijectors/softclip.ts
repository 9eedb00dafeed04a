import { abs, add, div, log1p, mul, neg, sub } from '@diffeo/autodiff'
import { openInterval, real } from '../domain.ts'
import { mistake } from '../mistake.ts'
import type { ScalarBijection } from './elementwise.ts'

/**
 * x / (1 + |x / bound|): the reals onto (-bound, bound), the identity near 0. Its slope is continuous, its tails fall
 * off slower than those of tanh, so that far points keep their order.
 * @throws when the bound is not positive
 */
export const softclip = <const B extends number>(bound: B): ScalarBijection => {
  if (!(bound > 0 && bound < Infinity)) mistake(`softclip: the bound is a positive number, got ${bound}.`)
  return {
    name: `softclip(${bound})`,
    domain: real(),
    codomain: openInterval(-bound, bound),
    forward: (x) => div(x, add(1, abs(div(x, bound)))),
    inverse: (z) => div(z, sub(1, abs(div(z, bound)))),
    logDerivative: (x) => mul(-2, log1p(abs(div(x, bound)))),
    inverseLogDerivative: (z) => mul(-2, log1p(neg(abs(div(z, bound))))),
  }
}
