import { add, constant, div, type Example, exp, mul, sub, sum } from '@diffeo/autodiff'
import { define } from '../../src/bijector.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { real } from '../../src/domain.ts'
import { type Flow, over } from '../../src/flow.ts'
import { parameter } from '../../src/parameters.ts'

/** x -> (x - shift) e^-logScale in each coordinate, over the standard normal: its optimum is known. */
export const affineFlow = (d: number): Flow =>
  over(standardNormal(d))(
    define({
      spec: { kind: 'testAffine', options: { d }, parts: [] },
      domain: real(d),
      codomain: real(d),
      parameters: { shift: parameter(d, { kind: 'zeros' }), logScale: parameter(d, { kind: 'normal', scale: 0.1 }) },
      forward: ({ shift, logScale }, x) => ({
        value: div(sub(x, shift), exp(logScale)),
        logDet: mul(-1, sum(logScale)) as Example,
      }),
      inverse: ({ shift, logScale }, z) => ({
        value: add(mul(z, exp(logScale)), shift),
        logDet: add(constant(0), sum(logScale)),
      }),
    }),
  ) as Flow
