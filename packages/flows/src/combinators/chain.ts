import { add, constant, type Example } from '@diffeo/autodiff'
import type { Bijector, Cost, Exactness, Given, Json, Lipschitz, Region, WithLogDet } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import { mistake } from '../mistake.ts'
import type { Declared } from '../parameters.ts'
import { meets } from './meets.ts'

/**
 * Composition is flat: layers in the order they run, parameters a list in the same order, so associativity and identity
 * hold as values.
 */
export interface Chain<In extends Domain = Domain, Out extends Domain = Domain>
  extends Bijector<In, Out, readonly unknown[]> {
  readonly layers: readonly Bijector[]
}

export const isChain = (b: Bijector): b is Chain => 'layers' in b

/** The layers of a chain; any other bijector is its own only layer. */
export const layersOf = (b: Bijector): readonly Bijector[] => (isChain(b) ? b.layers : [b])

/**
 * All layers in the order they run, as one chain; chains among them are spliced in.
 * @throws when the list is empty (use `identity`), or neighbours do not meet
 */
export const chain = <D extends Domain>(parts: readonly Bijector<D, D>[]): Chain<D, D> => {
  if (parts.length === 0) mistake('chain: needs at least one layer; the empty chain is identity(domain).')
  parts.slice(1).forEach((part, i) => {
    meets(parts[i]!, part)
  })
  return chainOf(parts.flatMap(layersOf), parts[0]!.domain, parts.at(-1)!.codomain)
}

/** Layers that are known to meet. Log-dets add; the parameters are a list in the same order. */
export const chainOf = <In extends Domain, Out extends Domain>(
  layers: readonly Bijector[],
  domain: In,
  codomain: Out,
): Chain<In, Out> => {
  const adapts = layers.some((layer) => layer.adapt)
  const undoes = layers.every((layer) => layer.lipschitzInverse)
  return {
    // Only the empty chain needs to say where it is.
    spec: {
      kind: 'chain',
      options: layers.length ? null : (domain as Domain as unknown as Json),
      parts: layers.map((layer) => layer.spec),
    },
    layers,
    domain,
    codomain,
    parameters: declaredList(layers),
    cost: {
      forward: worstOf(layers.map((layer) => layer.cost.forward)),
      inverse: worstOf(layers.map((layer) => layer.cost.inverse)),
    },
    exactness: leastExact(layers.map((layer) => layer.exactness)),
    forward: (params, x, given) =>
      layers.reduce((at, layer, i) => follow(at, layer.forward(params[i], at.value, given)), start(x)),
    inverse: (params, z, given) =>
      layers.reduceRight((at, layer, i) => follow(at, layer.inverse(params[i], at.value, given)), start(z)),
    ...(adapts && {
      adapt: (params: readonly unknown[], x: Example, given: Given) => adaptAll(layers, params, x, given),
    }),
    lipschitz: (params, region) =>
      layers.reduce(
        (bound, layer, i) => composeBounds(bound, layer.lipschitz(params[i], bound.image)),
        isometry(region),
      ),
    ...(undoes && {
      lipschitzInverse: (params: readonly unknown[], region: Region) =>
        layers.reduceRight(
          (bound, layer, i) => composeBounds(bound, layer.lipschitzInverse!(params[i], bound.image)),
          isometry(region),
        ),
    }),
  }
}

const declaredList = (layers: readonly Bijector[]): Declared<readonly unknown[]> => ({
  tree: layers.map((layer) => layer.parameters.tree),
})

const start = (x: Example): WithLogDet => ({ value: x, logDet: constant(0) })

const follow = (before: WithLogDet, after: WithLogDet): WithLogDet => ({
  value: after.value,
  logDet: add(before.logDet, after.logDet),
})

const adaptAll = (
  layers: readonly Bijector[],
  params: readonly unknown[],
  x: Example,
  given: Given,
): readonly unknown[] => {
  const adapted: unknown[] = []
  let at = x
  layers.forEach((layer, i) => {
    adapted.push(layer.adapt ? layer.adapt(params[i], at, given) : params[i])
    if (i + 1 < layers.length) at = layer.forward(adapted[i], at, given).value
  })
  return adapted
}

const costs: readonly Cost[] = ['parallel', 'incremental', 'sequential', 'iterative']
/** The dearest of the costs. */
export const worstOf = (found: readonly Cost[]): Cost =>
  costs[Math.max(0, ...found.map((cost) => costs.indexOf(cost)))]!

const exactnesses: readonly Exactness[] = ['exact', 'numerical', 'estimate']
/** The least exact of them. */
export const leastExact = (found: readonly Exactness[]): Exactness =>
  exactnesses[Math.max(0, ...found.map((e) => exactnesses.indexOf(e)))]!

export const isometry = (region: Region): Lipschitz => ({ forward: 1, inverse: 1, image: region })

/** Bounds of one map after another: stretches multiply. */
export const composeBounds = (first: Lipschitz, second: Lipschitz): Lipschitz => ({
  forward: times(first.forward, second.forward),
  inverse: times(first.inverse, second.inverse),
  image: second.image,
})
/** 0 · ∞ says nothing, so it is no bound. */
const times = (a: number, b: number): number => (a === Infinity || b === Infinity ? Infinity : a * b)
