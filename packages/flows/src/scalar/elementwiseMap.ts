import { broadcastTo, constant, type Example, evaluate, type interval, type Shape, sum } from '@diffeo/autodiff'
import type { Bijector, Given, Lipschitz, Region, Spec, WithLogDet } from '../bijector.ts'
import { assemble } from '../bijector.ts'
import { type Domain, endsOf } from '../domain.ts'
import { mistake, showShape } from '../mistake.ts'
import { flattenDeclared, leavesOf, type ParameterTree } from '../parameters.ts'
import { elementwiseBounds } from './bounds.ts'
import type { ScalarMap } from './map.ts'

/** What an element-wise bijector is made of besides its scalar map. */
export interface ElementwiseDefinition {
  readonly spec: Spec
  readonly name: string
  readonly domain: Domain
  readonly codomain: Domain
  readonly parameters: ParameterTree
  /** Whether the context is the last of the map's arguments. */
  readonly context: boolean
}

/** A scalar map on every coordinate; log-slopes add. Parameters broadcast to the point's shape. */
export const elementwiseMap = (map: ScalarMap, definition: ElementwiseDefinition): Bijector => {
  const { spec, name, domain, codomain, parameters, context } = definition
  const { shape } = domain
  const declared = { tree: parameters }
  for (const { path, parameter } of leavesOf(declared)) fits(`${name}: parameter ${path}`, parameter.shape, shape)
  const othersOf = (params: unknown, { context: given }: Given): readonly Example[] => {
    const values = flattenDeclared<Example>(declared, params)
    if (!context) return values
    const found = given ?? mistake(`${name}: depends on the context, but none was given.`)
    fits(`${name}: the context`, found.shape, shape)
    return [...values, found]
  }
  const total = (logs: Example): Example => sum(broadcastTo(logs, shape))
  return assemble<unknown, Domain, Domain>({
    spec,
    domain,
    codomain,
    parameters,
    cost: map.cost,
    exactness: map.exactness,
    forward: (params: unknown, x, given): WithLogDet => {
      const others = othersOf(params, given)
      return { value: full(map.forward(x, others), shape), logDet: total(map.logDerivative(x, others)) }
    },
    inverse: (params: unknown, z, given): WithLogDet => {
      const others = othersOf(params, given)
      const x = full(map.inverse(z, others), shape)
      return { value: x, logDet: total(map.inverseLogDerivative(z, x, others)) }
    },
    lipschitz: (params: unknown, region) => boundsOn(map, region, heldValues(definition, params)),
    lipschitzInverse: (params: unknown, region) => inverseBounds(map, definition, params, region),
  })
}

const full = (x: Example, shape: Shape): Example => broadcastTo(x, shape)

const boundsOn = (map: ScalarMap, region: Region, held: (i: number) => readonly interval.Interval[]): Lipschitz =>
  elementwiseBounds(map.slopes, region.lower, region.upper, held)

/** The inverse's bounds are the map's on the region that it comes from, taken the other way round. */
const inverseBounds = (
  map: ScalarMap,
  definition: ElementwiseDefinition,
  params: unknown,
  region: Region,
): Lipschitz => {
  const { shape } = definition.domain
  const ends = endsOf(definition.codomain.support) ?? [-Infinity, Infinity]
  const others = definition.context ? undefined : flattenDeclared<Example>({ tree: definition.parameters }, params)
  if (!others) {
    const anywhere = region.lower.map(() => map.domain[0])
    return {
      forward: Infinity,
      inverse: Infinity,
      image: { lower: anywhere, upper: anywhere.map(() => map.domain[1]) },
    }
  }
  const [a, b] = [region.lower, region.upper].map((corner) => {
    const inside = corner.map((v) => Math.min(Math.max(v, ends[0]), ends[1]))
    return Float64Array.from(evaluate(full(map.inverse(constant(inside, shape), others), shape)).data)
  })
  const from = { lower: a!.map((v, i) => Math.min(v, b![i]!)), upper: a!.map((v, i) => Math.max(v, b![i]!)) }
  const { forward, inverse } = boundsOn(map, from, heldValues(definition, params))
  return { forward: inverse, inverse: forward, image: from }
}

/** The other arguments of each coordinate: parameters as known numbers, the context as anything. */
const heldValues = (
  { parameters, context, domain: { shape } }: ElementwiseDefinition,
  params: unknown,
): ((i: number) => readonly interval.Interval[]) => {
  const values = flattenDeclared<Example>({ tree: parameters }, params).map((p) => evaluate(broadcastTo(p, shape)).data)
  const anything: readonly interval.Interval[] = context ? [[-Infinity, Infinity]] : []
  return (i) => [...values.map((data): interval.Interval => [data[i]!, data[i]!]), ...anything]
}

const fits = (what: string, shape: Shape, to: Shape): void => {
  const lead = to.length - shape.length
  if (lead < 0 || shape.some((n, i) => n !== 1 && n !== to[lead + i]))
    mistake(`${what} has shape ${showShape(shape)}, which does not broadcast to the point's ${showShape(to)}.`)
}
