import { sum, type Tensor } from '@diffeo/autodiff'
import { assemble, type Bijector, type Json, type Spec, unbounded } from '../bijector.ts'
import { takesContext } from '../conditioner.ts'
import type { MaskedConditioner } from '../conditioners/masked.ts'
import { maskedMlpFrom } from '../conditioners/maskedMlp.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { rawParameters, type Transform } from '../transform.ts'
import { incrementalInverse, jacobiInverse, type Sorted } from './autoregressive/inverses.ts'
import { arranged, type OrderOption, orderOf, undone } from './autoregressive/order.ts'
import { type Conditioned, conditionedBounds, conditionedInverseBounds } from './conditionedBounds.ts'

/** What `autoregressive` is made of. */
export interface AutoregressiveOptions<In extends string, Out extends string> {
  readonly dim: number
  /** The family of scalar maps. */
  readonly transform: Transform<In, Out>
  /** The network that chooses each coordinate's map from those before it. */
  readonly conditioner: MaskedConditioner
  /** Which coordinate comes first: `natural` when left out. */
  readonly order?: OrderOption
  /** In how many runs the order is cut; the coordinates of one run do not see each other. As many as coordinates when left out; 2 makes a coupling. */
  readonly passes?: number
  /**
   * `incremental`: rank by rank, for the price of about one pass. `jacobi`: all coordinates over and over, at most once
   * for each rank, for targets that like few wide steps.
   */
  readonly inverse?: 'incremental' | 'jacobi'
}

/** The masked network's values, layer by layer. */
export type AutoregressiveParams = readonly { readonly [k: string]: Tensor }[]

/**
 * Coordinate i moves by a map that a masked network chooses from the coordinates before it (and the context):
 * y_i = t(x_i; network(x_<i)).
 *
 * - The Jacobian is triangular in the order given, so log|det J| is the sum of the coordinates' log-slopes.
 * - `forward` takes one pass; inverted, it is an inverse autoregressive flow: fast to sample from.
 * @throws when the order is no permutation, or there are more passes than coordinates
 *
 * @see Kingma et al. 2016, Improved variational inference with inverse autoregressive flow
 * @see Papamakarios et al. 2017, Masked autoregressive flow for density estimation
 * @example
 * autoregressive({ dim: 8, transform: rationalQuadraticSpline(), conditioner: maskedMlp([64, 64]), order: 'reversed' })
 */
export const autoregressive = <In extends string, Out extends string>(
  options: AutoregressiveOptions<In, Out>,
): Bijector<Domain<In>, Domain<Out>, AutoregressiveParams> => {
  const { dim, transform, conditioner, order = 'natural', passes = dim, inverse = 'incremental' } = options
  const { ranks, sorted } = orderOf(dim, order, passes)
  const sortedRanks = sorted.map((i) => ranks[i]!)
  const back = undone(sorted)
  const network = conditioner.masked(sortedRanks, transform.parameterCount)
  const inside: Sorted = { transform: transform as unknown as Transform, network, ranks: sortedRanks }
  const backwards = inverse === 'jacobi' ? jacobiInverse : incrementalInverse
  const known = !takesContext(conditioner)
  const codomain = { support: transform.codomain, shape: [dim] }
  const layer = (params: AutoregressiveParams): Conditioned => ({
    transform: inside.transform,
    seen: sorted,
    moved: sorted,
    ranks: sortedRanks,
    raw: (at) => rawParameters(inside.transform, network.apply(params, at, undefined), dim),
  })
  return assemble<AutoregressiveParams, Domain<In>, Domain<Out>>({
    spec: {
      kind: 'autoregressive',
      options: {
        dim,
        order,
        passes,
        inverse,
        transform: transform.spec as unknown as Json,
        conditioner: conditioner.spec as unknown as Json,
      },
      parts: [],
    },
    domain: { support: transform.domain, shape: [dim] },
    codomain,
    parameters: network.parameters,
    cost: { forward: 'parallel', inverse: inverse === 'jacobi' ? 'sequential' : 'incremental' },
    exactness: transform.exactness ?? 'exact',
    forward: (params, x, { context }) => {
      const at = arranged(x, sorted)
      const raw = rawParameters(inside.transform, network.apply(params, at, context), dim)
      const { value, logDerivative } = transform.forward(raw, at)
      return { value: arranged(value, back), logDet: sum(logDerivative) }
    },
    inverse: (params, z, { context }) => {
      const { value, logDet } = backwards(inside, params, arranged(z, sorted), context)
      return { value: arranged(value, back), logDet }
    },
    lipschitz: (params, region) => (known && conditionedBounds(layer(params), region)) || unbounded(codomain),
    lipschitzInverse: (params, region) =>
      (known && conditionedInverseBounds(layer(params), region)) || unbounded(codomain),
  })
}

export const autoregressiveKind: BijectorKind = {
  kind: 'autoregressive',
  build: (options, _parts, { transform }) => {
    const { conditioner, ...rest } = options as unknown as Omit<
      AutoregressiveOptions<string, string>,
      'conditioner'
    > & {
      readonly conditioner: Spec
    }
    return autoregressive({
      ...rest,
      transform: transform(rest.transform as unknown as Json),
      conditioner: maskedMlpFrom(conditioner),
    }) as unknown as Bijector
  },
}
