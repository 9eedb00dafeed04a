import { power as powerOf } from '@diffeo/autodiff'
import { positive } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { type DerivedBijection, derivedBijection } from './elementwise.ts'

/**
 * x^exponent on the positive numbers, for any exponent but 0.
 * @throws when the exponent is 0 or not finite
 */
export const power = (exponent: number): DerivedBijection<'positive', 'positive'> =>
  Number.isFinite(exponent) && exponent !== 0
    ? derivedBijection(`power(${exponent})`, positive(), positive(), (x) => powerOf(x, exponent))
    : mistake(`power: the exponent is a number other than 0, got ${exponent}.`)
