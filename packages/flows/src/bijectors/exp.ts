import { exp as expOf } from '@diffeo/autodiff'
import { positive, real } from '../domain.ts'
import { derivedBijection } from './elementwise.ts'

/** e^x, the reals onto the positive numbers. Its inverse is the logarithm: `invert(elementwise(exp, d))`. */
export const exp = derivedBijection('exp', real(), positive(), (x) => expOf(x))
