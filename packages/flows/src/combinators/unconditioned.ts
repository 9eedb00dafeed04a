import { sum, type Tensor } from '@diffeo/autodiff'
import { assemble, type Bijector, type Json } from '../bijector.ts'
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
  return assemble<UnconditionedParams, Domain<In>, Domain<Out>>({
    spec: { kind: 'unconditioned', options: { shape, transform: transform.spec as unknown as Json }, parts: [] },
    domain: { support: transform.domain, shape },
    codomain: { support: transform.codomain, shape },
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
  })
}

export const unconditionedKind: BijectorKind = {
  kind: 'unconditioned',
  build: (options, _parts, { transform }) => {
    const { shape, transform: inner } = options as { readonly shape: readonly number[]; readonly transform: Json }
    return unconditioned(transform(inner), shape) as unknown as Bijector
  },
}
