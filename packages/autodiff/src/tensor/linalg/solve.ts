import { sizeOf } from '../../shape.ts'
import { sum } from '../broadcast.ts'
import { constant } from '../constant.ts'
import { matmul } from '../contract.ts'
import { mul, neg, sub } from '../elementwise.ts'
import { anyVaries, make, type Operation } from '../operation.ts'
import { transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { lu } from './lu.ts'
import { columnsOf, orderOf } from './square.ts'
import { spreadInto, substitute } from './substitution.ts'
import { outer } from './triangularSolve.ts'

// Both operations read the factors and are differentiated by the matrix, so that one factorisation serves the value and
// all derivatives.

/** Inputs: A, its factors L, U and p, and b. With b̄ = A⁻ᵀ x̄: Ā = -b̄ xᵀ (Giles 2008, §2.2.3). */
export const solveOperation: Operation<{ readonly transposed: boolean }> = {
  name: 'solve',
  infer: (_, inputs) => {
    columnsOf(inputs[4]!, orderOf(inputs[0]!, 'solve'), 'solve')
    return { shape: inputs[4]!.shape, dtype: 'float', varies: anyVaries(inputs) }
  },
  reverse: (node, [g], wanted) => {
    if (!g) return [null, null, null, null, null]
    const { transposed } = node.attributes
    const toB = solveWith(!transposed, node.inputs, g)
    const toA = (): Node => nodeOf(neg(transposed ? outer(node, toB) : outer(toB, node)))
    return [wanted[0] ? toA() : null, null, null, null, wanted[4] ? toB : null]
  },
  forward: (node, [da, , , , db]) => {
    const { transposed } = node.attributes
    if (!da && !db) return [null]
    const pushed = da && matmul(transposed ? transpose(da) : da, node)
    const rest = pushed ? nodeOf(db ? sub(db, pushed) : neg(pushed)) : db!
    return [solveWith(transposed, node.inputs, rest)]
  },
  kernel: ({ attributes: { transposed }, inputs: [a, , , , b], varies }) => {
    const n = a!.shape[0]!
    const columns = b!.shape[1] ?? 1
    const size = sizeOf(b!.shape)
    const step = a!.varies ? 1 : 0
    let scratch = new Float64Array(0)
    return ([out], [, l, u, p, bData], lanes) => {
      const count = varies ? lanes : 1
      if (scratch.length !== size * count) scratch = new Float64Array(size * count)
      const rows = columns * count
      const rowFrom = (i: number, lane: number): number => p![step ? i * count + lane : i]!
      const lower = { lower: true, transpose: transposed, unitDiagonal: true }
      const upper = { lower: false, transpose: transposed, unitDiagonal: false }
      spreadInto(transposed ? scratch : out!, bData!, b!.varies, size, count)
      if (transposed) {
        substitute({ data: u!, step }, scratch, n, columns, count, upper)
        substitute({ data: l!, step }, scratch, n, columns, count, lower)
        for (let i = 0; i < n; i++)
          for (let c = 0; c < rows; c++) out![rowFrom(i, c % count) * rows + c] = scratch[i * rows + c]!
        return
      }
      scratch.set(out!.subarray(0, size * count))
      for (let i = 0; i < n; i++)
        for (let c = 0; c < rows; c++) out![i * rows + c] = scratch[rowFrom(i, c % count) * rows + c]!
      substitute({ data: l!, step }, out!, n, columns, count, lower)
      substitute({ data: u!, step }, out!, n, columns, count, upper)
    }
  },
  rounding: { kind: 'backward', ulp: ({ inputs: [a] }) => 2 * a!.shape[0]! },
  show: ({ transposed }) => (transposed ? 'transposed' : ''),
}

const solveWith = (transposed: boolean, [a, l, u, p]: readonly Node[], b: Node): Node =>
  make(solveOperation, { transposed }, [a!, l!, u!, p!, b])

/** Inputs: A and its factors L, U and p. d log|det A| = tr(A⁻¹ dA). */
export const logAbsDetOperation: Operation<null> = {
  name: 'logAbsDet',
  infer: (_, [a]) => {
    orderOf(a!, 'logAbsDet')
    return { shape: [], dtype: 'float', varies: a!.varies }
  },
  reverse: (node, [g], wanted) => [g && wanted[0] ? nodeOf(mul(g, inverseTransposed(node))) : null, null, null, null],
  forward: (node, [da]) => [da ? nodeOf(sum(mul(inverseTransposed(node), da))) : null],
  kernel: ({ inputs: [a], varies }) => {
    const n = a!.shape[0]!
    return ([out], [, , u], lanes) => {
      const count = varies ? lanes : 1
      out!.fill(0, 0, count)
      for (let i = 0; i < n; i++)
        for (let l = 0; l < count; l++) out![l]! += Math.log(Math.abs(u![(i * n + i) * count + l]!))
    }
  },
  rounding: { kind: 'backward', ulp: ({ inputs: [a] }) => 2 * a!.shape[0]! },
}

const inverseTransposed = (node: Node): Node => {
  const n = node.inputs[0]!.shape[0]!
  const identity = constant(
    Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  )
  return solveWith(true, node.inputs, nodeOf(identity))
}

const withFactors = (a: Tensor<string>): readonly Node[] => {
  const { l, u, permutation } = lu(a)
  return [a, l, u, permutation].map(nodeOf)
}

/**
 * The x of A x = b, by LU factors with partial pivoting; a uniform A is factorised once for all examples.
 *
 * - `a`: `[n, n]`. `b`: `[n]`, or `[n, m]` for m right-hand sides. Each of the two may be uniform or varying.
 * - A singular matrix gives infinite or NaN elements.
 * @throws when `a` is not square or `b` does not fit it
 * @example
 * solve(constant([[2, 0], [0, 4]]), constant([2, 2])) // => [1, 0.5]
 */
export const solve = <A extends string = never, B extends string = never>(a: Tensor<A>, b: Tensor<B>): Tensor<A | B> =>
  solveWith(false, withFactors(a), nodeOf(b))

/**
 * log|det A| of `[n, n]`, in nats, by LU factors; -Infinity where A is singular, where its derivative is not finite.
 * @throws when `a` is not a square matrix of floats
 */
export const logAbsDet = <A extends string = never>(a: Tensor<A>): Tensor<A> =>
  make(logAbsDetOperation, null, withFactors(a))
