import { abs, add, atanh, clamp, div, less, minimum, mul, sign, softplus, sub, tanh, where } from '@diffeo/autodiff'
import { real } from '../domain.ts'
import { mistake } from '../mistake.ts'
import type { ScalarBijection } from './elementwise.ts'

/**
 * tanh x for |x| < cut and beyond it the straight lines that continue it with its slope there: the reals onto the reals,
 * so that no point is lost in saturation.
 * @throws when the cut is not between 0 and 15, beyond which the slope of the lines is lost in rounding
 */
export const leakyTanh = (cut: number): ScalarBijection<'real', 'real'> => {
  if (!(cut > 0 && cut <= 15)) mistake(`leakyTanh: the cut is between 0 and 15, got ${cut}.`)
  const edge = Math.tanh(cut)
  const logSlope = 2 * (Math.LN2 - cut - Math.log1p(Math.exp(-2 * cut)))
  const slope = Math.exp(logSlope)
  return {
    name: `leakyTanh(${cut})`,
    domain: real(),
    codomain: real(),
    // Clamped before, selected after: what is not selected stays finite, and so do its gradients.
    forward: (x) =>
      where(less(abs(x), cut), tanh(clamp(x, -cut, cut)), mul(sign(x), add(edge, mul(slope, sub(abs(x), cut))))),
    inverse: (z) =>
      where(less(abs(z), edge), atanh(clamp(z, -edge, edge)), mul(sign(z), add(cut, div(sub(abs(z), edge), slope)))),
    logDerivative: (x) => {
      const inside = minimum(abs(x), cut)
      return mul(2, sub(sub(Math.LN2, inside), softplus(mul(-2, inside))))
    },
  }
}
