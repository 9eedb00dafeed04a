import {
  add,
  exp,
  greater,
  lanes,
  log,
  maximum,
  mul,
  neg,
  sizeOf,
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

/** Moments of the data, coordinate by coordinate in row-major order, in the data's units. */
export interface StandardMoments {
  readonly mean: ArrayLike<number>
  readonly standardDeviation: ArrayLike<number>
}

/** A type, not an interface, so that it is a tree of tensors. */
export type StandardiseParams = {
  readonly mean: Tensor
  readonly logDeviation: Tensor
  /** 0 until moments are known, 1 from then on. */
  readonly ready: Tensor
}

/** A column that does not vary is treated as if it varied by this much, so that its scale stays finite. */
const LEAST_VARIANCE = 1e-12

/**
 * Data in units of their own standard deviations: z = (x - mean) · e^-logDeviation, with moments that no optimiser
 * moves. So a flow's likelihood stays in the data's own units.
 *
 * - log|det J| = -Σ log standardDeviation.
 * - With `moments` it is ready; without, `adapt` takes the population moments of the first examples it is shown, and
 *   the map is the identity until then.
 * @throws when moments do not fit the size, or a standard deviation is not a positive number
 * @example
 * standardise(2, { mean: [3, -1], standardDeviation: [10, 0.5] })
 */
export const standardise = (size: Size, moments?: StandardMoments): Bijector<Real, Real, StandardiseParams> => {
  const shape = shapeOf(size)
  if (moments) wantsMoments(moments, sizeOf(shape))
  return assemble<StandardiseParams, Real, Real>({
    spec: { kind: 'standardise', options: { shape, moments: moments ? stored(moments) : null }, parts: [] },
    domain: real(shape),
    codomain: real(shape),
    parameters: {
      mean: parameter(shape, valuesOf(moments && Array.from(moments.mean)), 'state'),
      logDeviation: parameter(shape, valuesOf(moments && Array.from(moments.standardDeviation, Math.log)), 'state'),
      ready: parameter([], { kind: moments ? 'ones' : 'zeros' }, 'state'),
    },
    forward: ({ mean, logDeviation }, x) => ({
      value: mul(sub(x, mean), exp(neg(logDeviation))),
      logDet: neg(sum(logDeviation)),
    }),
    inverse: ({ mean, logDeviation }, z) => ({
      value: add(mul(z, exp(logDeviation)), mean),
      logDet: sum(logDeviation),
    }),
    ...(moments === undefined && {
      adapt: ({ mean, logDeviation, ready }: StandardiseParams, x) => ({
        mean: where(greater(ready, 0), mean, lanes.mean(x)),
        logDeviation: where(greater(ready, 0), logDeviation, mul(0.5, log(maximum(lanes.variance(x), LEAST_VARIANCE)))),
        ready: maximum(ready, 1),
      }),
    }),
    lipschitz: ({ mean, logDeviation }, region) => {
      const scale = exp(neg(logDeviation))
      return scalingBounds(scale, neg(mul(mean, scale)), shape, region)
    },
    lipschitzInverse: ({ mean, logDeviation }, region) => scalingBounds(exp(logDeviation), mean, shape, region),
  })
}

export const standardiseKind: BijectorKind = {
  kind: 'standardise',
  build: (options) => {
    const { shape, moments } = options as unknown as {
      readonly shape: readonly number[]
      readonly moments: StandardMoments | null
    }
    return standardise(shape, moments ?? undefined)
  },
}

const stored = ({ mean, standardDeviation }: StandardMoments) => ({
  mean: Array.from(mean),
  standardDeviation: Array.from(standardDeviation),
})

const valuesOf = (values: readonly number[] | undefined) =>
  values ? ({ kind: 'values', values } as const) : ({ kind: 'zeros' } as const)

const wantsMoments = ({ mean, standardDeviation }: StandardMoments, count: number): void => {
  if (mean.length !== count || standardDeviation.length !== count)
    mistake(
      `standardise: expected moments of ${count} coordinates, got ${mean.length} means and ${standardDeviation.length} standard deviations.`,
    )
  for (let i = 0; i < count; i++)
    if (!(standardDeviation[i]! > 0 && Number.isFinite(standardDeviation[i]!) && Number.isFinite(mean[i]!)))
      mistake(
        `standardise: coordinate ${i} has mean ${mean[i]} and standard deviation ${standardDeviation[i]}; both must be finite, the second positive. Leave a constant column out.`,
      )
}
