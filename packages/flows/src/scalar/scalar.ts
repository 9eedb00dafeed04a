import type { Example } from '@diffeo/autodiff'
import type { Bijector, Json, Spec } from '../bijector.ts'
import { type Domain, endsOf, intervalName, type Size, shapeOf, type Unchecked } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake, showShape } from '../mistake.ts'
import { leavesOf, mapDeclared, type ParameterTree, type Values } from '../parameters.ts'
import { decodeExpression, encodeExpression } from './codec.ts'
import { elementwiseMap } from './elementwiseMap.ts'
import { type ScalarMap, scalarMap } from './map.ts'
import { type ScalarFormula, trace } from './trace.ts'

/** Options of `scalar`. */
export interface ScalarOptions<D extends ParameterTree = ParameterTree, In extends Domain = Domain> {
  /** Of one point; [] when left out. */
  readonly shape?: Size
  /** How messages call it; `scalar` when left out. */
  readonly name?: string
  /** Where the function is taken; the largest interval on which it can be undone when left out (all reals for one that is found by a search). */
  readonly domain?: In
  /** Shapes broadcast to the point's; the formula sees each as one number. */
  readonly parameters?: D
  /** Whether the formula takes the context, whose shape broadcasts to the point's. */
  readonly context?: boolean
}

/**
 * A bijector from a scalar function, applied to every coordinate.
 *
 * The function is traced; its inverse is found by walking the expression back through each function's own inverse, its
 * log-derivative by adding each function's stable log-slope. Where the point enters more than once (x + tanh x), but
 * interval arithmetic proves that the derivative keeps one sign, the inverse is a bracketed search. Domain and codomain
 * are found too; the compiler does not know them, so they are checked where parts are joined.
 *
 * @throws saying which step cannot be undone, and why
 * @example
 * scalar((x) => softplus(add(mul(x, 2), 1)), [8]) // real [8] -> positive [8]
 * scalar((x, { rate }) => mul(x, exp(rate)), { shape: 8, parameters: { rate: parameter(8, { kind: 'zeros' }) } })
 */
export const scalar = <
  const D extends ParameterTree = Record<string, never>,
  In extends Domain = Unchecked,
  Out extends Domain = Unchecked,
>(
  f: (x: Example, params: Values<D>, context: Example) => Example,
  options: Size | ScalarOptions<D, In> = {},
): Bijector<In, Out, Values<D>> => {
  const given: ScalarOptions = isSize(options) ? { shape: options } : (options as unknown as ScalarOptions)
  const { name = 'scalar', parameters = {}, context = false, domain } = given
  const declared = { tree: parameters }
  const count = leavesOf(declared).length
  const formula: ScalarFormula = (x, ...others) =>
    f(x, mapDeclared(declared, (_, i) => others[i]) as Values<D>, others[count] as Example)
  const expression = trace(name, formula, count + (context ? 1 : 0))
  const map = scalarMap(name, expression, count + (context ? 1 : 0), domain && endsIn(name, domain))
  const shape = shapeIn(name, given)
  return fromScalarMap(map, { name, shape, parameters, context }) as unknown as Bijector<In, Out, Values<D>>
}

/** What a scalar map needs to become a bijector. A spec of its own is for kinds that are rebuilt by name. */
interface Placed {
  readonly name: string
  readonly shape: readonly number[]
  readonly parameters: ParameterTree
  readonly context: boolean
  readonly spec?: Spec
}

export const fromScalarMap = (map: ScalarMap, { name, shape, parameters, context, spec }: Placed): Bijector => {
  const domain = { support: intervalName(...map.domain), shape }
  return elementwiseMap(map, {
    spec: spec ?? {
      kind: 'scalar',
      options: {
        name,
        expression: encodeExpression(map.expression),
        shape,
        domain: domain.support,
        parameters: parameters as unknown as Json,
        context,
      },
      parts: [],
    },
    name,
    domain,
    codomain: { support: intervalName(...map.codomain), shape },
    parameters,
    context,
  })
}

export const scalarKind: BijectorKind = {
  kind: 'scalar',
  build: (json) => {
    const options = json as {
      readonly name: string
      readonly expression: Json
      readonly shape: readonly number[]
      readonly domain: string
      readonly parameters: ParameterTree
      readonly context: boolean
    }
    const { name, shape, parameters, context } = options
    const others = leavesOf({ tree: parameters }).length + (context ? 1 : 0)
    const map = scalarMap(
      name,
      decodeExpression(options.expression),
      others,
      endsIn(name, { support: options.domain, shape }),
    )
    return fromScalarMap(map, { name, shape, parameters, context })
  },
}

const isSize = (x: Size | object): x is Size => typeof x === 'number' || Array.isArray(x)

const endsIn = (name: string, { support }: Domain): readonly [number, number] =>
  endsOf(support) ?? mistake(`${name}: a scalar function needs one interval as its domain, got ${support}.`)

const shapeIn = (name: string, { shape, domain }: ScalarOptions): readonly number[] => {
  const own = shape === undefined ? (domain?.shape ?? []) : shapeOf(shape)
  if (shape !== undefined && domain && showShape(domain.shape) !== showShape(own))
    mistake(
      `${name}: shape ${showShape(own)} was given with a domain of shape ${showShape(domain.shape)}. Give one of them.`,
    )
  return own
}
