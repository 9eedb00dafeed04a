import { sum } from '@diffeo/autodiff'
import { assemble, type Bijector, type Json, unbounded } from '../bijector.ts'
import { type Conditioner, takesContext } from '../conditioner.ts'
import type { Domain } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { rawParameters, type Transform } from '../transform.ts'
import { type Conditioned, conditionedBounds, conditionedInverseBounds } from './conditionedBounds.ts'
import { half, indices, type Mask, splitBy } from './coupling/mask.ts'

/** What `coupling` is made of. */
export interface CouplingOptions<S extends string> {
  /** Length of the vector; not needed with a mask. */
  readonly dim?: number
  /** Which coordinates pass through; the first half when left out. */
  readonly mask?: Mask
  /** Applied to the others, with numbers that the conditioner makes from what passes through. */
  readonly transform: Transform<S>
  readonly conditioner: Conditioner
}

/** A coupling's values: the network's, in the tree that the conditioner declares. */
export interface CouplingParams {
  readonly conditioner: unknown
}

/**
 * Part of the vector passes through and decides how the rest is moved: z₁ = x₁, z₂ = transform(x₂; network(x₁, context)).
 * The Jacobian is block triangular, so logDet is the sum of the transform's log-slopes. Both directions take one pass.
 *
 * - `x`: `[d]` with d ≥ 2, odd too.
 * - Bounds on a box, both ways, for transforms that state theirs: of the network by interval arithmetic. With a context, whose
 *   values are not known, there are none.
 * - Starts at the transform's own start (the identity for the ones that come with the library), since networks start
 *   at 0.
 *
 * @throws when d = 1 or the mask keeps all or nothing; when the transform changes the support
 * @see Dinh et al. 2015, NICE, section 3.2
 * @example
 * coupling({ mask: alternating(8, i), transform: rationalQuadraticSpline({ bins: 8 }), conditioner: mlp([64, 64]) })
 */
export const coupling = <S extends string>(
  options: CouplingOptions<S>,
): Bijector<Domain<S>, Domain<S>, CouplingParams> => {
  const { transform, conditioner } = options
  const mask = maskOf(options.dim, options.mask)
  if (transform.domain !== transform.codomain)
    mistake(
      `coupling: part of the vector passes through, so ${transform.spec.kind} must map a support onto itself, but it maps ${transform.domain} onto ${transform.codomain}.`,
    )
  const { size, kept } = mask
  const movedCount = size - kept.length
  const split = splitBy(mask)
  const network = conditioner.network(kept.length, movedCount * transform.parameterCount)
  const domain: Domain<S> = { support: transform.domain, shape: [size] }
  const moved = Array.from({ length: size }, (_, i) => i).filter((i) => !kept.includes(i))
  const known = !takesContext(conditioner)
  const layer = (params: CouplingParams): Conditioned => ({
    transform: transform as unknown as Transform,
    seen: kept,
    moved,
    ranks: moved.map(() => 0),
    raw: (still) => rawParameters(transform, network.apply(params.conditioner, still, undefined), movedCount),
  })
  return assemble<CouplingParams, Domain<S>, Domain<S>>({
    spec: {
      kind: 'coupling',
      options: {
        dim: size,
        kept,
        transform: transform.spec as unknown as Json,
        conditioner: conditioner.spec as unknown as Json,
      },
      parts: [],
    },
    domain,
    codomain: domain,
    parameters: { conditioner: network.parameters },
    exactness: transform.exactness ?? 'exact',
    forward: (params, x, { context }) => {
      const still = split.kept(x)
      const raw = rawParameters(transform, network.apply(params.conditioner, still, context), movedCount)
      const { value, logDerivative } = transform.forward(raw, split.moved(x))
      return { value: split.join(still, value), logDet: sum(logDerivative) }
    },
    inverse: (params, z, { context }) => {
      const still = split.kept(z)
      const raw = rawParameters(transform, network.apply(params.conditioner, still, context), movedCount)
      const { value, logDerivative } = transform.inverse(raw, split.moved(z))
      return { value: split.join(still, value), logDet: sum(logDerivative) }
    },
    lipschitz: (params, region) => (known && conditionedBounds(layer(params), region)) || unbounded(domain),
    lipschitzInverse: (params, region) =>
      (known && conditionedInverseBounds(layer(params), region)) || unbounded(domain),
  })
}

const maskOf = (dim: number | undefined, mask: Mask | undefined): Mask => {
  const size = mask?.size ?? dim ?? mistake('coupling: needs a mask or the length of the vector (dim).')
  if (dim !== undefined && dim !== size) mistake(`coupling: the mask is for ${size} coordinates, but dim is ${dim}.`)
  if (size < 2)
    mistake(
      `coupling: a vector of ${size} leaves nothing to condition on, since one part moves the other. For one column use maf (an autoregressive flow).`,
    )
  const found = mask ?? half(size)
  if (found.kept.length === 0 || found.kept.length === size)
    mistake(
      `coupling: the mask keeps ${found.kept.length === 0 ? 'no coordinate' : 'every coordinate'} of ${size}, so there is nothing to ${found.kept.length === 0 ? 'condition on' : 'move'}. Keep some and move the rest.`,
    )
  return found
}

export const couplingKind: BijectorKind = {
  kind: 'coupling',
  build: (json, _parts, rebuilding) => {
    const { dim, kept, transform, conditioner } = json as {
      readonly dim: number
      readonly kept: readonly number[]
      readonly transform: Json
      readonly conditioner: Json
    }
    return coupling({
      mask: indices(dim, kept),
      transform: rebuilding.transform(transform),
      conditioner: rebuilding.conditioner(conditioner),
    }) as unknown as Bijector
  },
}
