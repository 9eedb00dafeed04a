import { matmul } from '../contract.ts'
import { add } from '../elementwise.ts'
import { gather, scatterOperation } from '../gather.ts'
import { pick } from '../graph.ts'
import { make, type Operation } from '../operation.ts'
import { transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { masked, orderOf } from './square.ts'
import { triangularSolve } from './triangularSolve.ts'

/**
 * The rows of A in the order p are L U. With F = L⁻¹ (P dA) U⁻¹: dL = L · (F below the diagonal) and dU = (F on and
 * above it) · U. So with M = (Lᵀ L̄ below the diagonal) + (Ū Uᵀ on and above it): P Ā = L⁻ᵀ M U⁻ᵀ.
 */
export const luOperation: Operation<null> = {
  name: 'lu',
  infer: (_, [a]) => {
    const n = orderOf(a!, 'lu')
    const { varies } = a!
    return [
      { shape: [n, n], dtype: 'float', varies },
      { shape: [n, n], dtype: 'float', varies },
      { shape: [n], dtype: 'int', varies },
    ]
  },
  reverse: (node, [gl, gu]) => {
    const { l, u, permutation } = factorsOf(node)
    const terms = [
      ...(gl ? [masked(nodeOf(matmul(transpose(l), gl)), below)] : []),
      ...(gu ? [masked(nodeOf(matmul(gu, transpose(u))), notBelow)] : []),
    ]
    if (terms.length === 0) return [null]
    const middle = terms.reduce((x, y) => nodeOf(add(x, y)))
    const left = triangularSolve(l, middle, { transpose: true, unitDiagonal: true })
    // X U⁻ᵀ = (U⁻¹ Xᵀ)ᵀ.
    const moved = transpose(triangularSolve(u, transpose(left), { lower: false }))
    return [make(scatterOperation, { rows: l.shape[0]! }, [nodeOf(moved), permutation])]
  },
  forward: (node, [t]) => {
    if (!t) return [null, null, null]
    const { l, u, permutation } = factorsOf(node)
    const left = triangularSolve(l, gather(t, permutation), { unitDiagonal: true })
    // X U⁻¹ = (U⁻ᵀ Xᵀ)ᵀ.
    const f = nodeOf(transpose(triangularSolve(u, transpose(left), { lower: false, transpose: true })))
    return [nodeOf(matmul(l, masked(f, below))), nodeOf(matmul(masked(f, notBelow), u)), null]
  },
  kernel: ({ inputs: [a] }) => {
    const n = a!.shape[0]!
    const matrix = new Float64Array(n * n)
    const order = new Int32Array(n)
    return ([l, u, p], [x], lanes) => {
      const count = a!.varies ? lanes : 1
      for (let lane = 0; lane < count; lane++) {
        for (let e = 0; e < n * n; e++) matrix[e] = x![e * count + lane]!
        eliminate(matrix, order, n)
        for (let i = 0; i < n; i++) {
          p![i * count + lane] = order[i]!
          for (let j = 0; j < n; j++) {
            const at = (i * n + j) * count + lane
            l![at] = i > j ? matrix[i * n + j]! : i === j ? 1 : 0
            u![at] = i > j ? 0 : matrix[i * n + j]!
          }
        }
      }
    }
  },
  rounding: { kind: 'backward', ulp: ({ inputs: [a] }) => 2 * a!.shape[0]! },
}

const below = (i: number, j: number): boolean => i > j
const notBelow = (i: number, j: number): boolean => i <= j

/** Both factors in place, the largest element of each column as its pivot (Golub & Van Loan 2013, §3.4). */
const eliminate = (a: Float64Array, order: Int32Array, n: number): void => {
  for (let i = 0; i < n; i++) order[i] = i
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i
    if (pivot !== k) {
      for (let j = 0; j < n; j++) {
        const x = a[k * n + j]!
        a[k * n + j] = a[pivot * n + j]!
        a[pivot * n + j] = x
      }
      const row = order[k]!
      order[k] = order[pivot]!
      order[pivot] = row
    }
    const top = a[k * n + k]!
    // A column of zeros needs no elimination.
    if (top === 0) continue
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / top
      a[i * n + k] = factor
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!
    }
  }
}

/** A type, not an interface, so that it is a tree of tensors. */
export type Factors<A extends string = never> = {
  /** `[n, n]`, below the diagonal, which is 1. */
  readonly l: Tensor<A>
  /** `[n, n]`, on and above the diagonal. */
  readonly u: Tensor<A>
  /** `[n]` integers: row i of L U is row `permutation[i]` of A. */
  readonly permutation: Tensor<A>
}

export const factorsOf = (node: Node): { readonly l: Node; readonly u: Node; readonly permutation: Node } => ({
  l: pick(node, 0),
  u: pick(node, 1),
  permutation: pick(node, 2),
})

/**
 * LU factors with partial pivoting: `gather(a, permutation)` = L U, |elements of L| <= 1.
 *
 * - `a`: `[n, n]`. A singular matrix has factors too, with a 0 on the diagonal of U; their derivative is not finite.
 * @throws when `a` is not a square matrix of floats
 * @example
 * lu(constant([[0, 2], [4, 2]])) // => { l: [[1, 0], [0, 1]], u: [[4, 2], [0, 2]], permutation: [1, 0] }
 */
export const lu = <A extends string = never>(a: Tensor<A>): Factors<A> =>
  factorsOf(make(luOperation, null, [nodeOf(a)]))
