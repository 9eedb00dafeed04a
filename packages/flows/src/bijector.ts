import { type Example, sameShape } from '@diffeo/autodiff'
import type { Domain } from './domain.ts'
import { mistake, showShape } from './mistake.ts'
import type { Declared, ParameterTree, Values } from './parameters.ts'

/** All that a map may depend on besides its parameters and its point. */
export interface Given {
  readonly context?: Example
  readonly key?: Example
}

/** `logDet`: log|det| of the map just applied, `[]`, nats. */
export interface WithLogDet {
  readonly value: Example
  readonly logDet: Example
}

/** What JSON can hold: all that options and metadata are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [k: string]: Json }

/** What a bijector was made from: enough to save, print, compare and rebuild it without running code. */
export interface Spec {
  readonly kind: string
  readonly options: Json
  readonly parts: readonly Spec[]
}

/** A box in event space, for bounds that hold on it; coordinates in row-major order. */
export interface Region {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** Bounds of a map and of its inverse on a region (largest stretch, ∞ where there is none), and a box that holds the region's image. */
export interface Lipschitz {
  readonly forward: number
  readonly inverse: number
  readonly image: Region
}

/** What one evaluation takes: one pass, one pass in blocks, one pass per coordinate, or a search. From cheap to dear. */
export type Cost = 'parallel' | 'incremental' | 'sequential' | 'iterative'
/** What an evaluation takes in each direction. */
export interface Costs {
  readonly forward: Cost
  readonly inverse: Cost
}

/** Whether values and log-determinants are closed forms, found by a search to rounding, or random with the right mean. */
export type Exactness = 'exact' | 'numerical' | 'estimate'

/**
 * A one-to-one map between two domains. `forward` maps data to latent. Both directions give value and log-determinant
 * together: recomputing one from the other loses digits.
 *
 * `P` is erased to unknown by composition; directions are methods, so that a typed bijector fits an erased list.
 */
export interface Bijector<In extends Domain = Domain, Out extends Domain = Domain, P = unknown> {
  readonly spec: Spec
  readonly domain: In
  readonly codomain: Out
  readonly parameters: Declared<P>
  forward(params: P, x: Example, given: Given): WithLogDet
  inverse(params: P, z: Example, given: Given): WithLogDet
  /** Data-dependent initialisation and running state (activation norm, batch norm, power-iteration vectors); a chain threads x through. */
  adapt?(params: P, x: Example, given: Given): P
  readonly cost: Costs
  /** Laws and scoring treat each differently. */
  readonly exactness: Exactness
  /** Bounds on a region and its image; a chain passes the image on. Infinity where there is none. Parameters must be known numbers. */
  lipschitz(params: P, region: Region): Lipschitz
  /** The same of the inverse map, on a region of the codomain; what `invert` needs. None where it is left out. */
  lipschitzInverse?(params: P, region: Region): Lipschitz
}

/** How a bijector is made, ours and users' alike: the parameter tree gives the type of `params`. */
export interface Definition<D extends ParameterTree, In extends Domain, Out extends Domain> {
  readonly spec: Spec
  readonly domain: In
  readonly codomain: Out
  readonly parameters: D
  forward(params: Values<D>, x: Example, given: Given): WithLogDet
  inverse(params: Values<D>, z: Example, given: Given): WithLogDet
  adapt?(params: Values<D>, x: Example, given: Given): Values<D>
  /** Parallel both ways when left out. */
  readonly cost?: Costs
  /** `exact` when left out. */
  readonly exactness?: Exactness
  /** No bound when left out; element-wise maps find theirs by interval arithmetic on the derivative (`elementwise`, `scalar`). */
  lipschitz?(params: Values<D>, region: Region): Lipschitz
  /** The same of the inverse map, on a region of the codomain. */
  lipschitzInverse?(params: Values<D>, region: Region): Lipschitz
}

/**
 * A bijector from its definition. Directions check the shape of the point (when a program is written, not when it
 * runs).
 * @throws when a point does not have the domain's shape, or a log-determinant is no scalar
 */
export const define = <const D extends ParameterTree, In extends Domain, Out extends Domain>(
  definition: Definition<D, In, Out>,
): Bijector<In, Out, Values<D>> => assemble<Values<D>, In, Out>(definition)

/** A `Definition` whose parameter tree is made at run time: `P` is said, not inferred. */
export interface Meaning<P, In extends Domain, Out extends Domain> {
  readonly spec: Spec
  readonly domain: In
  readonly codomain: Out
  readonly parameters: ParameterTree
  forward(params: P, x: Example, given: Given): WithLogDet
  inverse(params: P, z: Example, given: Given): WithLogDet
  adapt?(params: P, x: Example, given: Given): P
  readonly cost?: Costs
  readonly exactness?: Exactness
  lipschitz?(params: P, region: Region): Lipschitz
  lipschitzInverse?(params: P, region: Region): Lipschitz
}

/** `define` for a parameter tree that is made at run time (from a network's layers, a list of parts), so that its type does not give `params`. */
export const assemble = <P, In extends Domain, Out extends Domain>(
  meaning: Meaning<P, In, Out>,
): Bijector<In, Out, P> => {
  const { spec, domain, codomain, parameters, cost, exactness } = meaning
  const direction =
    (name: 'forward' | 'inverse', from: Domain, to: Domain) =>
    (params: P, at: Example, given: Given): WithLogDet => {
      wantsShape(`${spec.kind}.${name}: the point`, from, at)
      const result = meaning[name](params, at, given)
      wantsShape(`${spec.kind}.${name}: the result`, to, result.value)
      if (result.logDet.shape.length > 0)
        mistake(
          `${spec.kind}.${name}: the log-determinant is one number for each point, got shape ${showShape(result.logDet.shape)}. Sum it over the event axes.`,
        )
      return result
    }
  return {
    spec,
    domain,
    codomain,
    parameters: { tree: parameters },
    forward: direction('forward', domain, codomain),
    inverse: direction('inverse', codomain, domain),
    ...(meaning.adapt && { adapt: (params: P, x: Example, given: Given): P => meaning.adapt!(params, x, given) }),
    cost: cost ?? { forward: 'parallel', inverse: 'parallel' },
    exactness: exactness ?? 'exact',
    lipschitz: (params, region) => meaning.lipschitz?.(params, region) ?? unbounded(codomain),
    ...(meaning.lipschitzInverse && {
      lipschitzInverse: (params: P, region: Region): Lipschitz => meaning.lipschitzInverse!(params, region),
    }),
  }
}

/** No bound either way, and an image that may be anywhere. */
export const unbounded = ({ shape }: Domain): Lipschitz => {
  const size = shape.reduce((product, n) => product * n, 1)
  return {
    forward: Infinity,
    inverse: Infinity,
    image: { lower: new Float64Array(size).fill(-Infinity), upper: new Float64Array(size).fill(Infinity) },
  }
}

const wantsShape = (what: string, { shape }: Domain, x: Example): void => {
  if (!sameShape(shape, x.shape))
    mistake(
      `${what} has shape ${showShape(x.shape)}, expected ${showShape(shape)}. The batch is implicit: leave it out.`,
    )
}
