import { add, constant, type Example, type interval, reshape } from '@diffeo/autodiff'
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
  /** What the maps do on an interval when their raw numbers lie in intervals; no bounds when left out. */
  bounds?(raw: readonly interval.Interval[], x: interval.Interval): TransformBounds
  /** Where the points lie that they carry into an interval. */
  preimage?(raw: readonly interval.Interval[], z: interval.Interval): interval.Interval
}

/** Of one coordinate. */
export interface TransformBounds {
  readonly value: interval.Interval
  /** Of the size of the slope. */
  readonly slope: interval.Interval
  /** What the value changes by at most with each raw number. */
  readonly pulls: readonly number[]
}

/** A network's output `[d · k]`, coordinate by coordinate, as the raw numbers `[d, k]` of a transform. */
export const rawParameters = (transform: Transform, output: Example, dim: number): Example => {
  const raw = reshape(output, [dim, transform.parameterCount])
  return transform.initialRaw.every((start) => start === 0) ? raw : add(raw, constant(transform.initialRaw))
}
