import { add, div, exp, mul, neg, sub, sum } from '@diffeo/autodiff'
import { define } from '../../src/bijector.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { real } from '../../src/domain.ts'
import { type Flow, over } from '../../src/flow.ts'
import type { BijectorKind } from '../../src/kinds.ts'
import { parameter } from '../../src/parameters.ts'

const layer = (d: number) =>
  define({
    spec: { kind: 'testAffine', options: { d }, parts: [] },
    domain: real(d),
    codomain: real(d),
    parameters: { shift: parameter(d, { kind: 'zeros' }), logScale: parameter(d, { kind: 'normal', scale: 0.1 }) },
    forward: ({ shift, logScale }, x) => ({ value: div(sub(x, shift), exp(logScale)), logDet: neg(sum(logScale)) }),
    inverse: ({ shift, logScale }, z) => ({ value: add(mul(z, exp(logScale)), shift), logDet: sum(logScale) }),
  })

/** (x - shift) e^-logScale in each coordinate, over the standard normal: its optimum is known. */
export const affineFlow = (d: number): Flow => over(standardNormal(d))(layer(d)) as Flow

export const affineKind: BijectorKind = {
  kind: 'testAffine',
  build: (options) => layer((options as { readonly d: number }).d),
}
