import {
  add,
  constant,
  type Example,
  gather,
  matmul,
  neg,
  sub,
  sum,
  type Tensor,
  triangularSolve,
} from '@diffeo/autodiff'
import { type Bijector, define, type Region } from '../bijector.ts'
import { type Real, real } from '../domain.ts'
import type { BijectorKind } from '../kinds.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { linearBounds } from './linear/bounds.ts'
import { identityMatrix } from './linear/identityMatrix.ts'
import { type Triangles, trianglesOf } from './linear/packedTriangles.ts'
import { shuffled } from './linear/shuffled.ts'

/** Options of `luLinear`. */
export interface LuLinearOptions {
  /** Row i of P L U is row `permutation[i]` of L U; the order of the seed when left out, or 0, 1, 2, … without a seed. */
  readonly permutation?: readonly number[]
  readonly seed?: number
}

/** A type, not an interface, so that it is a tree of tensors. */
export type LuLinearParams = {
  /** `[d, d]`: L below the diagonal, U above it, and on it the logs of U's diagonal, as LAPACK packs its factors. */
  readonly factors: Tensor
  /** `[d]` */
  readonly shift: Tensor
}

/**
 * Dense linear map y = P L U x + shift: L has a unit diagonal, U a positive one, P is a fixed permutation. All zeros, as
 * it starts, give P.
 *
 * - `x`, `y`: `[d]`. log|det J| = Σ log U_ii, the same for every x, at no cost: no determinant is ever computed.
 * - The inverse solves the two triangles by substitution.
 * - Fails: never; where U's diagonal is far from 1 the inverse loses digits as the condition of W says.
 *
 * @see Kingma & Dhariwal 2018, Glow, section 3.2
 * @example
 * pipe(luLinear(8, { seed: 1 }), andThen(coupling({ mask: alternating(8, 0), transform: affine(), conditioner: mlp([64]) })))
 */
export const luLinear = (dim: number, options: LuLinearOptions = {}): Bijector<Real, Real, LuLinearParams> => {
  if (!(Number.isInteger(dim) && dim > 0)) mistake(`luLinear: dim is a whole number, at least 1, got ${dim}.`)
  const permutation = options.permutation ?? (options.seed === undefined ? range(dim) : shuffled(options.seed, dim))
  if (permutation.length !== dim || [...permutation].sort((a, b) => a - b).some((at, i) => at !== i))
    mistake(`luLinear: permutation names each of 0 to ${dim - 1} once, got [${permutation}].`)
  const back = permutation.map((_, i) => permutation.indexOf(i))
  const triangles = trianglesOf(dim)
  const bounds = ({ factors, shift }: LuLinearParams, region: Region, inverted: boolean) => {
    const { weight, inverse } = wholeMatrices(triangles(factors), permutation, back)
    return inverted
      ? linearBounds(inverse, weight, neg(matmul(inverse, shift)), region)
      : linearBounds(weight, inverse, shift, region)
  }
  return define({
    spec: { kind: 'luLinear', options: { dim, permutation }, parts: [] },
    domain: real(dim),
    codomain: real(dim),
    parameters: { factors: parameter([dim, dim], { kind: 'zeros' }), shift: parameter([dim], { kind: 'zeros' }) },
    forward: ({ factors, shift }, x) => {
      const { lower, upper, logDiagonal } = triangles(factors)
      // One product for each example: L U is made once, where the weights are the same for all.
      return { value: add(permuted(matmul(matmul(lower, upper), x), permutation), shift), logDet: sum(logDiagonal) }
    },
    inverse: ({ factors, shift }, z) => {
      const { upper, logDiagonal } = triangles(factors)
      const inner = triangularSolve(factors, permuted(sub(z, shift), back), { unitDiagonal: true })
      return { value: triangularSolve(upper, inner, { lower: false }), logDet: neg(sum(logDiagonal)) }
    },
    lipschitz: (params, region) => bounds(params, region, false),
    lipschitzInverse: (params, region) => bounds(params, region, true),
  })
}

export const luLinearKind: BijectorKind = {
  kind: 'luLinear',
  build: (options) => {
    const { dim, permutation } = options as { readonly dim: number; readonly permutation: readonly number[] }
    return luLinear(dim, { permutation })
  },
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** Rows in another order: row i is row `places[i]`. */
const permuted = (x: Example, places: readonly number[]): Example =>
  places.every((place, i) => place === i) ? x : gather(x, constant(places, [places.length], 'int'))

/** P L U and its inverse. */
const wholeMatrices = (
  { lower, upper }: Triangles,
  permutation: readonly number[],
  back: readonly number[],
): { readonly weight: Tensor; readonly inverse: Tensor } => {
  const undoing = triangularSolve(lower, permuted(identityMatrix(back.length), back) as Tensor)
  return {
    weight: permuted(matmul(lower, upper), permutation) as Tensor,
    inverse: triangularSolve(upper, undoing, { lower: false }),
  }
}
