import { evaluate, type interval, sum, type Tensor } from '@diffeo/autodiff'
import { assemble, type Bijector, type Json, type Lipschitz, type Region, unbounded } from '../bijector.ts'
import { type Domain, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { parameter } from '../parameters.ts'
import type { Transform } from '../transform.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type UnconditionedParams = {
  /** `[...shape, parameterCount]` */
  readonly raw: Tensor
}

/**
 * A transform on every coordinate, with raw numbers that are trained themselves instead of made by a network. Starts
 * where the transform starts.
 * @example
 * pipe(unconditioned(rationalQuadraticSpline(), 8), andThen(luLinear(8)))
 */
export const unconditioned = <In extends string, Out extends string>(
  transform: Transform<In, Out>,
  size: Size = [],
): Bijector<Domain<In>, Domain<Out>, UnconditionedParams> => {
  const shape = shapeOf(size)
  const { parameterCount, initialRaw } = transform
  const values = shape.reduce((rows, n) => Array.from({ length: n }, () => rows).flat(), [...initialRaw])
  const domain = { support: transform.domain, shape }
  const codomain = { support: transform.codomain, shape }
  return assemble<UnconditionedParams, Domain<In>, Domain<Out>>({
    spec: { kind: 'unconditioned', options: { shape, transform: transform.spec as unknown as Json }, parts: [] },
    domain,
    codomain,
    parameters: { raw: parameter([...shape, parameterCount], { kind: 'values', values }) },
    exactness: transform.exactness ?? 'exact',
    forward: ({ raw }, x) => {
      const { value, logDerivative } = transform.forward(raw, x)
      return { value, logDet: sum(logDerivative) }
    },
    inverse: ({ raw }, z) => {
      const { value, logDerivative } = transform.inverse(raw, z)
      return { value, logDet: sum(logDerivative) }
    },
    lipschitz: ({ raw }, region) => boundsOn(transform as unknown as Transform, raw, region) ?? unbounded(codomain),
    lipschitzInverse: ({ raw }, region) => {
      const { preimage } = transform
      if (!preimage) return unbounded(domain)
      const from = each(raw, region, parameterCount, preimage)
      const ends = { lower: from.map(([a]) => a), upper: from.map(([, b]) => b) }
      const image = { lower: Float64Array.from(ends.lower), upper: Float64Array.from(ends.upper) }
      const there = boundsOn(transform as unknown as Transform, raw, image) ?? unbounded(codomain)
      return { forward: there.inverse, inverse: there.forward, image }
    },
  })
}

const each = <R>(
  raw: Tensor,
  { lower, upper }: Region,
  width: number,
  f: (raw: readonly interval.Interval[], at: interval.Interval) => R,
): readonly R[] => {
  const { data } = evaluate(raw)
  return Array.from(lower, (low, i) =>
    f(
      Array.from({ length: width }, (_, p): interval.Interval => [data[i * width + p]!, data[i * width + p]!]),
      [low, upper[i]!],
    ),
  )
}

const boundsOn = (transform: Transform, raw: Tensor, region: Region): Lipschitz | undefined => {
  if (!transform.bounds) return undefined
  const all = each(raw, region, transform.parameterCount, transform.bounds)
  return {
    forward: all.reduce((most, { slope }) => Math.max(most, slope[1]), 0),
    inverse: all.reduce((most, { slope }) => Math.max(most, 1 / slope[0]), 0),
    image: {
      lower: Float64Array.from(all, ({ value }) => value[0]),
      upper: Float64Array.from(all, ({ value }) => value[1]),
    },
  }
}

export const unconditionedKind: BijectorKind = {
  kind: 'unconditioned',
  build: (options, _parts, { transform }) => {
    const { shape, transform: inner } = options as { readonly shape: readonly number[]; readonly transform: Json }
    return unconditioned(transform(inner), shape) as unknown as Bijector
  },
}
