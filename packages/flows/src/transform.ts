import { add, constant, type Example, reshape } from '@diffeo/autodiff'
import type { Exactness, Spec } from './bijector.ts'

/** A point moved coordinate by coordinate, and the log of each coordinate's slope; both have the point's shape. */
export interface Transformed {
  readonly value: Example
  readonly logDerivative: Example
}

/**
 * A family of one-to-one scalar maps with `parameterCount` raw numbers for each coordinate: what coupling and
 * autoregressive layers apply with numbers that a network makes. Raw numbers may be any reals.
 *
 * Shapes: `x` is `[...shape]`, `raw` is `[...shape, parameterCount]`.
 */
export interface Transform<In extends string = string, Out extends string = In> {
  readonly spec: Spec
  /** Supports of one coordinate. */
  readonly domain: In
  readonly codomain: Out
  readonly parameterCount: number
  /** Raw numbers, `parameterCount` of them, at which the map is the identity or near it: added to what the network makes, so that a network that starts at zero starts there. */
  readonly initialRaw: readonly number[]
  forward(raw: Example, x: Example): Transformed
  inverse(raw: Example, z: Example): Transformed
  /** `exact` when left out. */
  readonly exactness?: Exactness
}

/** A network's output `[d · k]`, coordinate by coordinate, as the raw numbers `[d, k]` of a transform. */
export const rawParameters = (transform: Transform, output: Example, dim: number): Example => {
  const raw = reshape(output, [dim, transform.parameterCount])
  return transform.initialRaw.every((start) => start === 0) ? raw : add(raw, constant(transform.initialRaw))
}
