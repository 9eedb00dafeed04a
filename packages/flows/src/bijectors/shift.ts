import { add, type Tensor } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import { type Real, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { scalarMap } from '../scalar/map.ts'
import { fromScalarMap } from '../scalar/scalar.ts'
import { trace } from '../scalar/trace.ts'

/** y = x + shift in each coordinate; the identity at the start. log|det J| = 0. */
export const shift = (size: Size = []): Bijector<Real, Real, { readonly shift: Tensor }> => {
  const shape = shapeOf(size)
  const expression = trace('shift', (x, by) => add(x, by!), 1)
  return fromScalarMap(scalarMap('shift', expression, 1, undefined), {
    name: 'shift',
    shape,
    parameters: { shift: parameter(shape, { kind: 'zeros' }) },
    context: false,
    spec: { kind: 'shift', options: { shape }, parts: [] },
  }) as unknown as Bijector<Real, Real, { readonly shift: Tensor }>
}

export const shiftKind: BijectorKind = {
  kind: 'shift',
  build: (options) => shift((options as { readonly shape: readonly number[] }).shape),
}
