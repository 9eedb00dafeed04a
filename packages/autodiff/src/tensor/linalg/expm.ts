import { zeros } from '../constant.ts'
import { make, type Operation } from '../operation.ts'
import { concat, slice, transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { exponential } from './pade.ts'
import { orderOf } from './square.ts'

interface Exponent {
  /** The matrix is block triangular with equal diagonal blocks of this order: the rest of it is a direction. */
  readonly block: number
}

/**
 * e^A. The derivative L(A, E) in direction E is the upper right block of the exponential of [A E; 0 A], and its adjoint is
 * L(Aᵀ, ·) (Higham 2008, Functions of Matrices, eq. 10.43 and §3.2). Since L is linear in E, scaling goes by A alone.
 */
export const expmOperation: Operation<Exponent> = {
  name: 'expm',
  infer: (_, [a]) => {
    orderOf(a!, 'expm')
    return { shape: a!.shape, dtype: 'float', varies: a!.varies }
  },
  reverse: ({ attributes, inputs: [a] }, [g]) => [g ? derivativeAt(nodeOf(transpose(a!)), g, attributes) : null],
  forward: ({ attributes, inputs: [a] }, [t]) => [t ? derivativeAt(a!, t, attributes) : null],
  kernel: ({ inputs: [a], attributes: { block } }) => {
    const n = a!.shape[0]!
    const matrix = new Float64Array(n * n)
    return ([out], [x], lanes) => {
      const count = a!.varies ? lanes : 1
      for (let lane = 0; lane < count; lane++) {
        for (let e = 0; e < n * n; e++) matrix[e] = x![e * count + lane]!
        const power = exponential(matrix, n, block)
        for (let e = 0; e < n * n; e++) out![e * count + lane] = power[e]!
      }
    }
  },
  rounding: { kind: 'backward', ulp: ({ shape }) => 4 * shape[0]! },
  show: ({ block }) => String(block),
}

const derivativeAt = (a: Node, direction: Node, attributes: Exponent): Node => {
  const n = a.shape[0]!
  const both = concat([concat([a, direction], 1), concat([zeros([n, n]), a], 1)], 0)
  const power = make(expmOperation, attributes, [nodeOf(both)])
  return nodeOf(slice(slice(power, 0, 0, n), 1, n, 2 * n))
}

/**
 * The exponential of a matrix, e^A = 1 + A + A²/2! + …, by scaling and squaring of Padé approximants.
 *
 * - `a`: `[n, n]`. log|det e^A| = tr A; the inverse is e^-A.
 * - Derivatives of any order; each doubles the order of the matrix whose exponential is taken.
 * - Elements beyond the largest float give infinite or NaN elements; elements of A that are not finite give NaN everywhere.
 * - Digits are lost where A has a norm far above its eigenvalues, as [0 1e6; 0 0]: log2 of the norm bits at most.
 * @throws when `a` is not a square matrix of floats
 * @see Higham 2005, The scaling and squaring method for the matrix exponential revisited; Al-Mohy & Higham 2009,
 * Computing the Fréchet derivative of the matrix exponential, table 6.1
 * @example
 * expm(constant([[0, 1], [0, 0]])) // => [[1, 1], [0, 1]]
 */
export const expm = <A extends string = never>(a: Tensor<A>): Tensor<A> =>
  make(expmOperation, { block: a.shape[0] ?? 0 }, [nodeOf(a)])
