import { sigmoid as sigmoidOf } from '@diffeo/autodiff'
import { real, unitInterval } from '../domain.ts'
import { derivedBijection } from './elementwise.ts'

/** 1 / (1 + e^-x), the reals onto the unit interval. Its inverse is the logit. */
export const sigmoid = derivedBijection('sigmoid', real(), unitInterval(), (x) => sigmoidOf(x))
