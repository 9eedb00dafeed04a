import type { Example } from '@diffeo/autodiff'
import { neg } from '@diffeo/autodiff'
import type { Bijector, Json } from '../bijector.ts'
import { type Domain, endsOf, type Size, shapeOf } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { decodeExpression, encodeExpression } from '../scalar/codec.ts'
import { derivativeOf } from '../scalar/derivative.ts'
import { elementwiseMap } from '../scalar/elementwiseMap.ts'
import { applied, type ScalarMap, scalarMap } from '../scalar/map.ts'
import { fromScalarMap } from '../scalar/scalar.ts'
import { trace } from '../scalar/trace.ts'

/**
 * A one-to-one scalar function on one interval: two directions and a log-derivative, as formulas of element-wise
 * functions. `elementwise` makes it a bijector.
 */
export interface ScalarBijection<S extends string = string, T extends string = string> {
  readonly name: string
  readonly domain: Domain<S>
  readonly codomain: Domain<T>
  readonly forward: (x: Example) => Example
  readonly inverse: (z: Example) => Example
  /** log|f′(x)|, in a form that neither cancels nor overflows. */
  readonly logDerivative: (x: Example) => Example
  /** log|(f⁻¹)′(z)|; from `logDerivative` at the inverse when left out. */
  readonly inverseLogDerivative?: (z: Example) => Example
}

/** A scalar function whose inverse and log-derivative are derived from its formula. */
export interface DerivedBijection<S extends string = string, T extends string = string> extends ScalarBijection<S, T> {
  readonly map: ScalarMap
}

/** @throws when the formula cannot be undone on the domain, or does not map onto the codomain */
export const derivedBijection = <S extends string, T extends string>(
  name: string,
  domain: Domain<S>,
  codomain: Domain<T>,
  f: (x: Example) => Example,
): DerivedBijection<S, T> => {
  const map = scalarMap(name, trace(name, f, 0), 0, intervalOf(name, domain))
  const [lower, upper] = intervalOf(name, codomain)
  if (map.codomain[0] !== lower || map.codomain[1] !== upper)
    mistake(`${name}: maps onto (${map.codomain[0]}, ${map.codomain[1]}), not onto ${codomain.support}.`)
  return {
    name,
    domain,
    codomain,
    map,
    forward: (x) => map.forward(x, []),
    inverse: (z) => map.inverse(z, []),
    logDerivative: (x) => map.logDerivative(x, []),
    inverseLogDerivative: (z) => map.inverseLogDerivative(z, map.inverse(z, []), []),
  }
}

/**
 * A scalar function on every coordinate of a point; logDet is the sum of its log-derivatives. No parameters.
 * @example
 * pipe(affine(2), andThen(elementwise(tanh, 2)), invert)
 */
export const elementwise = <S extends string, T extends string>(
  row: ScalarBijection<S, T>,
  size: Size = [],
): Bijector<Domain<S>, Domain<T>, Record<string, never>> => {
  const shape = shapeOf(size)
  if (isDerived(row)) return typed(fromScalarMap(row.map, { name: row.name, shape, parameters: {}, context: false }))
  return typed(
    statedElementwise(
      {
        name: row.name,
        domain: row.domain.support,
        codomain: row.codomain.support,
        forward: encodeExpression(trace(row.name, row.forward, 0)),
        inverse: encodeExpression(trace(row.name, row.inverse, 0)),
        logDerivative: encodeExpression(trace(row.name, row.logDerivative, 0)),
        inverseLogDerivative: row.inverseLogDerivative
          ? encodeExpression(trace(row.name, row.inverseLogDerivative, 0))
          : null,
      },
      shape,
    ),
  )
}

/** A stated scalar function as data. */
interface Stated {
  readonly name: string
  readonly domain: string
  readonly codomain: string
  readonly forward: Json
  readonly inverse: Json
  readonly logDerivative: Json
  readonly inverseLogDerivative: Json
}

const statedElementwise = (stated: Stated, shape: readonly number[]): Bijector => {
  const { name } = stated
  const [domain, codomain] = [stated.domain, stated.codomain].map((support) => ({ support, shape }))
  const [forward, inverse, logDerivative] = [stated.forward, stated.inverse, stated.logDerivative].map(decodeExpression)
  const inverseLog = stated.inverseLogDerivative === null ? undefined : decodeExpression(stated.inverseLogDerivative)
  const map: ScalarMap = {
    expression: forward!,
    domain: intervalOf(name, domain!),
    codomain: intervalOf(name, codomain!),
    slopes: { forward: forward!, derivative: derivativeOf(forward!, 0), logDerivative: logDerivative! },
    cost: { forward: 'parallel', inverse: 'parallel' },
    exactness: 'exact',
    forward: (x) => applied(forward!, x, []),
    inverse: (z) => applied(inverse!, z, []),
    logDerivative: (x) => applied(logDerivative!, x, []),
    inverseLogDerivative: (z, x) => (inverseLog ? applied(inverseLog, z, []) : neg(applied(logDerivative!, x, []))),
  }
  return elementwiseMap(map, {
    spec: { kind: 'elementwise', options: { ...stated, shape }, parts: [] },
    name,
    domain: domain!,
    codomain: codomain!,
    parameters: {},
    context: false,
  })
}

export const elementwiseKind: BijectorKind = {
  kind: 'elementwise',
  build: (json) => {
    const { shape, ...stated } = json as unknown as Stated & { readonly shape: readonly number[] }
    return statedElementwise(stated, shape)
  },
}

const isDerived = (row: ScalarBijection): row is DerivedBijection => 'map' in row

const typed = <S extends string, T extends string>(
  b: Bijector,
): Bijector<Domain<S>, Domain<T>, Record<string, never>> =>
  b as unknown as Bijector<Domain<S>, Domain<T>, Record<string, never>>

const intervalOf = (name: string, { support }: Domain): readonly [number, number] =>
  endsOf(support) ?? mistake(`${name}: a scalar function has one interval as its domain, got ${support}.`)
