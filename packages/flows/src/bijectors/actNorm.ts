import {
  add,
  exp,
  greater,
  lanes,
  log,
  maximum,
  mean,
  mul,
  neg,
  sizeOf,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@diffeo/autodiff'
import { assemble, type Bijector } from '../bijector.ts'
import { type Real, real, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { scalingBounds } from './scalingBounds.ts'

/** Options of `actNorm`. */
export interface ActNormOptions {
  /** How many of the last axes share one scale and shift: 2 for an image `[channels, height, width]`. 0 when left out. */
  readonly shared?: number
}

/** A type, not an interface, so that it is a tree of tensors. */
export type ActNormParams = {
  readonly logScale: Tensor
  readonly shift: Tensor
  /** 0 until data have been seen, 1 from then on. */
  readonly ready: Tensor
}

/** A column that does not vary is treated as if it varied by this much, so that its scale stays finite. */
const LEAST_VARIANCE = 1e-12

/**
 * Activation normalisation: y = x · e^logScale + shift with trained numbers for each coordinate (or channel), which the
 * first data seen set so that they come out with mean 0 and variance 1. The identity until then.
 *
 * - log|det J| = Σ logScale, times the coordinates that share it.
 * - `adapt` sets logScale and shift once, from the population moments of the examples it is shown; later calls change
 *   nothing.
 * @throws when more axes are shared than there are
 *
 * @see Kingma & Dhariwal 2018, Glow, section 3.1
 */
export const actNorm = (size: Size, { shared = 0 }: ActNormOptions = {}): Bijector<Real, Real, ActNormParams> => {
  const shape = shapeOf(size)
  if (!(Number.isInteger(shared) && shared >= 0 && shared <= shape.length))
    mistake(`actNorm: shared counts the last axes of [${shape}] that share a scale, got ${shared}.`)
  const own = shape.map((n, axis) => (axis < shape.length - shared ? n : 1))
  const sharers = sizeOf(shape) / sizeOf(own)
  const sharedAxes = shape.map((_, axis) => axis).slice(shape.length - shared)
  const average = (x: Tensor): Tensor => (shared > 0 ? mean(x, sharedAxes, true) : x)
  return assemble<ActNormParams, Real, Real>({
    spec: { kind: 'actNorm', options: { shape, shared }, parts: [] },
    domain: real(shape),
    codomain: real(shape),
    parameters: {
      logScale: parameter(own, { kind: 'zeros' }),
      shift: parameter(own, { kind: 'zeros' }),
      ready: parameter([], { kind: 'zeros' }, 'state'),
    },
    forward: ({ logScale, shift }, x) => ({
      value: add(mul(x, exp(logScale)), shift),
      logDet: mul(sharers, sum(logScale)),
    }),
    inverse: ({ logScale, shift }, z) => ({
      value: mul(sub(z, shift), exp(neg(logScale))),
      logDet: mul(-sharers, sum(logScale)),
    }),
    adapt: ({ logScale, shift, ready }, x) => {
      const center = average(lanes.mean(x))
      const variance = average(add(lanes.variance(x), square(sub(lanes.mean(x), center))))
      const measured = mul(-0.5, log(maximum(variance, LEAST_VARIANCE)))
      return {
        logScale: where(greater(ready, 0), logScale, measured),
        shift: where(greater(ready, 0), shift, neg(mul(center, exp(measured)))),
        ready: maximum(ready, 1),
      }
    },
    lipschitz: ({ logScale, shift }, region) => scalingBounds(exp(logScale), shift, shape, region),
    lipschitzInverse: ({ logScale, shift }, region) => {
      const scale = exp(neg(logScale))
      return scalingBounds(scale, neg(mul(shift, scale)), shape, region)
    },
  })
}

export const actNormKind: BijectorKind = {
  kind: 'actNorm',
  build: (options) => {
    const { shape, shared } = options as { readonly shape: readonly number[]; readonly shared: number }
    return actNorm(shape, { shared })
  },
}
