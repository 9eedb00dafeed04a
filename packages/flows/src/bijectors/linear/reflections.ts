import { div, expandDims, matmul, mul, neg, sub, sum, type Tensor, take } from '@diffeo/autodiff'
import { type Parameter, parameter } from '../../parameters.ts'
import { identityMatrix } from './identityMatrix.ts'

/** H_k … H_1 with H = I - 2 v vᵀ / (v · v) for the rows v of `[k, d]`, the first row's reflection applied first. */
export const reflections = (vectors: Tensor): Tensor => {
  const [count, dim] = vectors.shape as readonly [number, number]
  let q = identityMatrix(dim)
  for (let k = 0; k < count; k++) {
    const v = take(vectors, 0, k)
    const twice = mul(v, div(2, sum(mul(v, v))))
    q = sub(q, mul(expandDims(twice, 1), expandDims(matmul(v, q), 0)))
  }
  return q
}

/**
 * The rotation -H_d … H_1 by d reflections `[d, d]`. Of every rotation there are such vectors (Cartan and Dieudonné), and
 * none of them need be near another: where they are the axes, each reflection turns one sign and the rotation is the
 * identity, with every small rotation in reach of a small change.
 */
export const rotation = (vectors: Tensor): Tensor => neg(reflections(vectors))

/** Vectors of `rotation`, at which it is the identity. */
export const rotationParameter = (dim: number): Parameter => parameter([dim, dim], { kind: 'identity' })
