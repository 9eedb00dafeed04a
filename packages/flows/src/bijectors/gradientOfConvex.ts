import {
  add,
  div,
  type Example,
  evaluate,
  grad,
  jacobian,
  logAbsDet,
  mul,
  neg,
  softplus,
  type Tensor,
} from '@diffeo/autodiff'
import { assemble, type Bijector } from '../bijector.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import {
  type ConvexNetwork,
  convexNetwork,
  convexParameters,
  largestCurvature,
  softplusInverse,
} from './convex/potential.ts'
import { movedBox } from './search/movedBox.ts'
import { undone } from './search/newton.ts'

/** Options of `gradientOfConvex`. */
export interface GradientOfConvexOptions {
  /** Widths of the network's layers; one of 16 when left out. */
  readonly hidden?: readonly number[]
  /** The least that the map stretches in any direction, above 0 and below 1; 0.05 when left out. */
  readonly minimum?: number
}

/** A type, not an interface, so that it is a tree of tensors. */
export type GradientOfConvexParams = {
  readonly network: ConvexNetwork
  /** `[]`: softplus of it, and the minimum, are the strength of the quadratic part. */
  readonly strength: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * y = ∇φ(x) of the strongly convex potential φ(x) = strength/2 |x|² + shift · x + ψ(x), ψ an input-convex network of softplus
 * units. Near the identity at the start. Of all maps that carry one density to another, exactly one is such a gradient
 * (Brenier): where it is reached, so is its determinant.
 *
 * - `x`, `y`: `[d]`. log|det J| = log det of φ's Hessian, which is symmetric and positive definite: d passes, for small d.
 * - Stretches at least by the strength (≥ `minimum`) and at most by it and a bound of ψ's curvature, everywhere: bi-Lipschitz
 *   on all of R^d.
 * - The inverse is the minimiser of φ(x) - z · x, by Newton's method with gradient steps of proved length where that does
 *   not help, to rounding.
 * @throws when a width or the minimum is out of range
 *
 * @see Amos, Xu & Kolter 2017, Input convex neural networks, proposition 1; Huang, Chen, Tsirigotis & Courville 2021, Convex
 * potential flows
 */
export const gradientOfConvex = (
  dim: number,
  options: GradientOfConvexOptions = {},
): Bijector<Real, Real, GradientOfConvexParams> => {
  const { hidden = [16], minimum = 0.05 } = options
  if (hidden.length === 0) mistake('gradientOfConvex: needs one hidden layer at least.')
  for (const width of [dim, ...hidden])
    if (!(Number.isInteger(width) && width > 0))
      mistake(`gradientOfConvex: a width is a whole number, at least 1, got ${width}.`)
  if (!(minimum > 0 && minimum < 1)) mistake(`gradientOfConvex: the minimum is above 0 and below 1, got ${minimum}.`)
  const least = ({ strength }: GradientOfConvexParams): Tensor => add(minimum, softplus(strength))
  const bend = ({ network }: GradientOfConvexParams, x: Example): Example =>
    grad((at: Example) => convexNetwork(network, at))(x)
  const map = (params: GradientOfConvexParams, x: Example): Example =>
    add(add(mul(least(params), x), params.shift), bend(params, x))
  // By elimination, which gives a number also where rounding has made a Hessian indefinite.
  const logDet = (params: GradientOfConvexParams, x: Example): Example =>
    logAbsDet(jacobian((at: Example) => map(params, at))(x))
  const back = (params: GradientOfConvexParams, z: Example): Example =>
    undone(map, params, z, (p) => div(1, add(least(p), largestCurvature(p.network))))
  const numbers = (params: GradientOfConvexParams) => ({
    low: evaluate(least(params)).data[0]!,
    curvature: evaluate(largestCurvature(params.network)).data[0]!,
  })
  return assemble<GradientOfConvexParams, Real, Real>({
    spec: { kind: 'gradientOfConvex', options: { dim, hidden, minimum }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: {
      network: convexParameters(dim, hidden),
      strength: parameter([], { kind: 'constant', value: softplusInverse(1 - minimum) }),
      shift: parameter([dim], { kind: 'zeros' }),
    },
    exactness: 'numerical',
    cost: { forward: 'parallel', inverse: 'iterative' },
    forward: (params, x) => ({ value: map(params, x), logDet: logDet(params, x) }),
    inverse: (params, z) => {
      const x = back(params, z)
      return { value: x, logDet: neg(logDet(params, x)) }
    },
    lipschitz: (params, region) => {
      const { low, curvature } = numbers(params)
      const image = movedBox(region, low, curvature, (c) => add(params.shift, bend(params, c)))
      return { forward: low + curvature, inverse: 1 / low, image }
    },
    lipschitzInverse: (params, region) => {
      const { low, curvature } = numbers(params)
      return { forward: 1 / low, inverse: low + curvature, image: movedBox(region, 0, 1 / low, (c) => back(params, c)) }
    },
  })
}

export const gradientOfConvexKind: BijectorKind = {
  kind: 'gradientOfConvex',
  build: (options) => {
    const { dim, ...rest } = options as unknown as { readonly dim: number } & GradientOfConvexOptions
    return gradientOfConvex(dim, rest)
  },
}
