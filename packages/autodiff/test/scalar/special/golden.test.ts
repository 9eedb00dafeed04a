import { describe, expect, test } from 'vitest'
import { digamma } from '../../../src/scalar/special/digamma.ts'
import { erf, erfc } from '../../../src/scalar/special/erf.ts'
import { erfInverse } from '../../../src/scalar/special/erfInverse.ts'
import { logGamma } from '../../../src/scalar/special/logGamma.ts'
import { trigamma } from '../../../src/scalar/special/trigamma.ts'
import { mixedError, relativeError } from '../../accuracy.ts'
import { describeGolden } from '../../golden.ts'

type Cases = Readonly<Record<string, readonly (readonly [x: number, value: string])[]>>

describeGolden<{ cases: Cases }>('special-functions.json', ({ cases }) => {
  describe('within 1e-14 of every golden value', () => {
    test.each([
      { name: 'erf', f: erf, error: relativeError },
      { name: 'erfc', f: erfc, error: relativeError },
      { name: 'erfInverse', f: erfInverse, error: relativeError },
      { name: 'logGamma', f: logGamma, error: mixedError },
      { name: 'digamma', f: digamma, error: mixedError },
      { name: 'trigamma', f: trigamma, error: relativeError },
      // The platform's own, which need no replacement for as long as these pass.
      { name: 'log1p', f: Math.log1p, error: relativeError },
      { name: 'expm1', f: Math.expm1, error: relativeError },
      { name: 'tanh', f: Math.tanh, error: relativeError },
      { name: 'atanh', f: Math.atanh, error: relativeError },
    ])('$name', ({ name, f, error }) => {
      const rows = cases[name]!
      expect(rows.length).toBeGreaterThan(30)
      for (const [x, value] of rows) expect(error(f(x), Number(value)), `${name}(${x})`).toBeLessThan(1e-14)
    })
  })
})
