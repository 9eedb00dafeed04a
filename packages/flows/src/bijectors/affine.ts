import { add, exp, mul, type Tensor } from '@diffeo/autodiff'
import type { Bijector } from '../bijector.ts'
import { type Real, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import { scalarMap } from '../scalar/map.ts'
import { fromScalarMap } from '../scalar/scalar.ts'
import { trace } from '../scalar/trace.ts'

/**
 * Element-wise affine map, y = x · e^logScale + shift; the identity at the start.
 *
 * - `x`, `y`, `logScale`, `shift`: the shape given. log|det J| = Σ logScale, the same for every x.
 * - Fails: never. Below logScale ≈ -87 the float32 scale is subnormal or 0 and the inverse loses digits or overflows;
 *   bound it where a network makes it.
 *
 * @see Dinh et al. 2017, Density estimation using Real NVP, section 3.2
 */
export const affine = (
  size: Size = [],
): Bijector<Real, Real, { readonly logScale: Tensor; readonly shift: Tensor }> => {
  const shape = shapeOf(size)
  return fromScalarMap(map(), {
    name: 'affine',
    shape,
    parameters: { logScale: parameter(shape, { kind: 'zeros' }), shift: parameter(shape, { kind: 'zeros' }) },
    context: false,
    spec: { kind: 'affine', options: { shape }, parts: [] },
  }) as unknown as Bijector<Real, Real, { readonly logScale: Tensor; readonly shift: Tensor }>
}

const map = () =>
  scalarMap(
    'affine',
    trace('affine', (x, logScale, shift) => add(mul(x, exp(logScale!)), shift!), 2),
    2,
    undefined,
  )

export const affineKind: BijectorKind = {
  kind: 'affine',
  build: (options) => affine((options as { readonly shape: readonly number[] }).shape),
}
