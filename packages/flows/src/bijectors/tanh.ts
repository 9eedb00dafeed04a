import { tanh as tanhOf } from '@diffeo/autodiff'
import { openInterval, real } from '../domain.ts'
import { derivedBijection } from './elementwise.ts'

/** tanh x, the reals onto (-1, 1). */
export const tanh = derivedBijection('tanh', real(), openInterval(-1, 1), (x) => tanhOf(x))
