import { exp, mul, type Tensor } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import { type Real, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { scalarMap } from '../scalar/map.ts'
import { fromScalarMap } from '../scalar/scalar.ts'
import { trace } from '../scalar/trace.ts'

/** y = x · e^logScale in each coordinate; the identity at the start. log|det J| = Σ logScale. */
export const scale = (size: Size = []): Bijector<Real, Real, { readonly logScale: Tensor }> => {
  const shape = shapeOf(size)
  const expression = trace('scale', (x, logScale) => mul(x, exp(logScale!)), 1)
  return fromScalarMap(scalarMap('scale', expression, 1, undefined), {
    name: 'scale',
    shape,
    parameters: { logScale: parameter(shape, { kind: 'zeros' }) },
    context: false,
    spec: { kind: 'scale', options: { shape }, parts: [] },
  }) as unknown as Bijector<Real, Real, { readonly logScale: Tensor }>
}

export const scaleKind: BijectorKind = {
  kind: 'scale',
  build: (options) => scale((options as { readonly shape: readonly number[] }).shape),
}
