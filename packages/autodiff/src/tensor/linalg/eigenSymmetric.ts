import { matmul } from '../contract.ts'
import { abs, add, div, lessEqual, mul, sub, where } from '../elementwise.ts'
import { pick } from '../graph.ts'
import { make, type Operation } from '../operation.ts'
import { max } from '../reduce.ts'
import { expandDims, transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { ascending, diagonalise, signOf } from './jacobi.ts'
import { diagonalMatrix, diagonalOf, orderOf, symmetric } from './square.ts'

/**
 * A = V diag(w) Vᵀ. With B = Vᵀ dA V: dw = diag B and dV = V (F ∘ B), F_ij = 1/(w_j - w_i) off the diagonal. So Ā is the
 * symmetric part of V (diag(w̄) + F ∘ (Vᵀ V̄)) Vᵀ (Giles 2008, §3.1). F is 0 between eigenvalues that are equal.
 */
export const eigenSymmetricOperation: Operation<null> = {
  name: 'eigenSymmetric',
  infer: (_, [a]) => {
    const n = orderOf(a!, 'eigenSymmetric')
    const { varies } = a!
    return [
      { shape: [n], dtype: 'float', varies },
      { shape: [n, n], dtype: 'float', varies },
    ]
  },
  reverse: (node, [gw, gv]) => {
    if (!gw && !gv) return [null]
    const [values, vectors] = [pick(node, 0), pick(node, 1)]
    const turned = transpose(vectors)
    const terms = [
      ...(gw ? [diagonalMatrix(gw)] : []),
      ...(gv ? [nodeOf(mul(reciprocalGaps(values), matmul(turned, gv)))] : []),
    ]
    const middle = terms.reduce((x, y) => nodeOf(add(x, y)))
    return [symmetric(matmul(matmul(vectors, middle), turned))]
  },
  forward: (node, [t]) => {
    if (!t) return [null, null]
    const [values, vectors] = [pick(node, 0), pick(node, 1)]
    const moved = nodeOf(matmul(matmul(transpose(vectors), symmetric(t)), vectors))
    return [diagonalOf(moved), nodeOf(matmul(vectors, mul(reciprocalGaps(values), moved)))]
  },
  kernel: ({ inputs: [a] }) => {
    const n = a!.shape[0]!
    const matrix = new Float64Array(n * n)
    const turns = new Float64Array(n * n)
    return ([values, vectors], [x], lanes) => {
      const count = a!.varies ? lanes : 1
      for (let lane = 0; lane < count; lane++) {
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++)
            matrix[i * n + j] = 0.5 * x![(i * n + j) * count + lane]! + 0.5 * x![(j * n + i) * count + lane]!
        diagonalise(matrix, turns, n)
        ascending(matrix, n).forEach((from, to) => {
          values![to * count + lane] = matrix[from * n + from]!
          const sign = signOf(turns, n, from)
          for (let i = 0; i < n; i++) vectors![(i * n + to) * count + lane] = sign * turns[i * n + from]!
        })
      }
    }
  },
  rounding: { kind: 'backward', normwise: true, ulp: ({ inputs: [a] }) => a!.shape[0]! },
}

/** Eigenvalues nearer than this, in units of the largest times their number, are equal: rounding moves them so far. */
const TIE = 4 * Number.EPSILON

/** F_ij = 1/(w_j - w_i), and 0 between equal eigenvalues, so on the diagonal too. */
const reciprocalGaps = (values: Node): Tensor => {
  const gaps = sub(expandDims(values, 0), expandDims(values, 1))
  const tied = lessEqual(abs(gaps), mul(TIE * values.shape[0]!, max(abs(values))))
  return where(tied, 0, div(1, where(tied, 1, gaps)))
}

/** A type, not an interface, so that it is a tree of tensors. */
export type Eigen<A extends string = never> = {
  /** `[n]`, ascending. */
  readonly values: Tensor<A>
  /** `[n, n]`: column k belongs to value k, has length 1 and a positive element of largest size. */
  readonly vectors: Tensor<A>
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations: A V = V diag(w), Vᵀ V = 1. Small
 * eigenvalues of a positive definite matrix whose scale is all in its diagonal keep their own digits.
 *
 * - `a`: `[n, n]`; of a matrix that is not symmetric the symmetric part (A + Aᵀ)/2 is meant. Elements that are not finite
 *   give NaN everywhere.
 * - Derivatives of any order where the eigenvalues differ; of the vectors they grow like 1/gap.
 * - Where eigenvalues are equal (to rounding), single ones of them and single vectors have no derivative. What is given
 *   there leaves out the turns among equal vectors, so it is finite, and the first derivative is right of functions of
 *   the values that treat equal ones alike (their sum, logSumExp, a spectral norm's square …); it is not of functions
 *   that read the vectors, such as V f(w) Vᵀ, and neither are second derivatives.
 * @throws when `a` is not a square matrix of floats
 * @see Golub & Van Loan 2013, Matrix Computations, §8.5; Demmel & Veselić 1992, Jacobi's method is more accurate than QR
 * @example
 * eigenSymmetric(constant([[2, 1], [1, 2]])) // => { values: [1, 3], vectors: [[√½, √½], [-√½, √½]] }
 */
export const eigenSymmetric = <A extends string = never>(a: Tensor<A>): Eigen<A> => {
  const node = make(eigenSymmetricOperation, null, [nodeOf(a)])
  return { values: pick(node, 0), vectors: pick(node, 1) }
}
