import { softplus as softplusOf } from '@diffeo/autodiff'
import { positive, real } from '../domain.ts'
import { derivedBijection } from './elementwise.ts'

/** log(1 + e^x), the reals onto the positive numbers; like x far above 0. */
export const softplus = derivedBijection('softplus', real(), positive(), (x) => softplusOf(x))
