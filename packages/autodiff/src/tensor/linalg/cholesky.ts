import { matmul } from '../contract.ts'
import { add, mul } from '../elementwise.ts'
import { make, type Operation } from '../operation.ts'
import { transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { masked, orderOf, symmetric } from './square.ts'
import { triangularSolve } from './triangularSolve.ts'

/**
 * A = L Lᵀ. With Φ the lower triangle, its diagonal halved: dL = L Φ(L⁻¹ dA L⁻ᵀ), and Ā is the symmetric part of
 * L⁻ᵀ Φ(Lᵀ L̄) L⁻¹ (Murray 2016, Differentiation of the Cholesky decomposition, eqs. 8 and 10).
 */
export const choleskyOperation: Operation<null> = {
  name: 'cholesky',
  infer: (_, [a]) => {
    orderOf(a!, 'cholesky')
    return { shape: a!.shape, dtype: 'float', varies: a!.varies }
  },
  reverse: (node, [g]) => {
    if (!g) return [null]
    const inner = halvedTriangle(nodeOf(matmul(transpose(node), g)))
    // L⁻ᵀ X L⁻¹ = L⁻ᵀ (L⁻ᵀ Xᵀ)ᵀ.
    const left = transpose(triangularSolve(node, transpose(inner), { transpose: true }))
    return [symmetric(triangularSolve(node, left, { transpose: true }))]
  },
  forward: (node, [t]) => {
    if (!t) return [null]
    const left = triangularSolve(node, symmetric(t))
    const both = triangularSolve(node, transpose(left))
    return [nodeOf(matmul(node, halvedTriangle(nodeOf(transpose(both)))))]
  },
  kernel: ({ inputs: [a], varies }) => {
    const n = a!.shape[0]!
    return ([out], [x], lanes) => factorise(out!, x!, n, varies ? lanes : 1)
  },
  rounding: { kind: 'backward', ulp: ({ shape }) => shape[0]! + 1 },
}

const halvedTriangle = (x: Node): Node =>
  nodeOf(
    add(
      mul(
        0.5,
        masked(x, (i, j) => i >= j),
      ),
      mul(
        0.5,
        masked(x, (i, j) => i > j),
      ),
    ),
  )

/** Row by row, every lane at once (Golub & Van Loan 2013, §4.2). */
const factorise = (out: Float64Array, a: Float64Array, n: number, lanes: number): void => {
  out.fill(0, 0, n * n * lanes)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const target = (i * n + j) * lanes
      const mirrored = (j * n + i) * lanes
      for (let l = 0; l < lanes; l++) out[target + l] = 0.5 * a[target + l]! + 0.5 * a[mirrored + l]!
      for (let k = 0; k < j; k++) {
        const p = (i * n + k) * lanes
        const q = (j * n + k) * lanes
        for (let l = 0; l < lanes; l++) out[target + l]! -= out[p + l]! * out[q + l]!
      }
      const pivot = (j * n + j) * lanes
      if (i === j) for (let l = 0; l < lanes; l++) out[target + l] = rootOf(out[target + l]!)
      else for (let l = 0; l < lanes; l++) out[target + l]! /= out[pivot + l]!
    }
}

const rootOf = (pivot: number): number => (pivot > 0 ? Math.sqrt(pivot) : NaN)

/**
 * The lower triangular L with a positive diagonal for which L Lᵀ = A.
 *
 * - `a`: `[n, n]`, positive definite; of a matrix that is not symmetric the symmetric part (A + Aᵀ)/2 is meant.
 * - Where A is not positive definite, the elements of L from the first pivot that is not positive on are NaN.
 * @throws when `a` is not a square matrix of floats
 * @example
 * cholesky(constant([[4, 2], [2, 5]])) // => [[2, 0], [1, 2]]
 */
export const cholesky = <A extends string = never>(a: Tensor<A>): Tensor<A> =>
  make(choleskyOperation, null, [nodeOf(a)])
