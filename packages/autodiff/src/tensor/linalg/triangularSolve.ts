import { sizeOf } from '../../shape.ts'
import { contract, matmul } from '../contract.ts'
import { neg, sub } from '../elementwise.ts'
import { anyVaries, make, type Operation } from '../operation.ts'
import { transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'
import { columnsOf, masked, orderOf } from './square.ts'
import { spreadInto, substitute, type Triangle } from './substitution.ts'

/**
 * T x = b. With b̄ = T⁻ᵀ x̄, T̄ is the triangle of -b̄ xᵀ (Giles 2008, §2.3.1).
 */
export const triangularSolveOperation: Operation<Triangle> = {
  name: 'triangularSolve',
  infer: (_, inputs) => {
    const [t, b] = inputs
    columnsOf(b!, orderOf(t!, 'triangularSolve'), 'triangularSolve')
    return { shape: b!.shape, dtype: 'float', varies: anyVaries(inputs) }
  },
  reverse: (node, [g], wanted) => {
    if (!g) return [null, null]
    const { attributes } = node
    const toB = make(triangularSolveOperation, { ...attributes, transpose: !attributes.transpose }, [
      node.inputs[0]!,
      g,
    ])
    const toT = (): Node =>
      masked(nodeOf(neg(attributes.transpose ? outer(node, toB) : outer(toB, node))), part(attributes))
    return [wanted[0] ? toT() : null, wanted[1] ? toB : null]
  },
  forward: (node, [dt, db]) => {
    const { attributes, inputs } = node
    if (!dt && !db) return [null]
    const moved = dt && masked(dt, part(attributes))
    const pushed = moved && nodeOf(matmul(attributes.transpose ? transpose(moved) : moved, node))
    const rest = pushed ? nodeOf(db ? sub(db, pushed) : neg(pushed)) : db!
    return [make(triangularSolveOperation, attributes, [inputs[0]!, rest])]
  },
  kernel: ({ attributes, inputs: [t, b], varies }) => {
    const n = t!.shape[0]!
    const columns = b!.shape[1] ?? 1
    const size = sizeOf(b!.shape)
    return ([out], [tData, bData], lanes) => {
      const count = varies ? lanes : 1
      spreadInto(out!, bData!, b!.varies, size, count)
      substitute({ data: tData!, step: t!.varies ? 1 : 0 }, out!, n, columns, count, attributes)
    }
  },
  rounding: { kind: 'backward', ulp: ({ inputs: [t] }) => t!.shape[0]! },
  show: ({ lower, transpose: flipped, unitDiagonal }) =>
    [lower ? 'lower' : 'upper', ...(flipped ? ['transposed'] : []), ...(unitDiagonal ? ['unit'] : [])].join(' '),
}

const part =
  ({ lower, unitDiagonal }: Triangle) =>
  (i: number, j: number): boolean =>
    i === j ? !unitDiagonal : lower ? i > j : i < j

/** Σ over right-hand sides of x yᵀ. */
export const outer = (x: Node, y: Node): Node =>
  x.shape.length === 1
    ? contract({ a: 'i', b: 'j', out: 'ij', overLanes: false }, x, y)
    : contract({ a: 'ic', b: 'jc', out: 'ij', overLanes: false }, x, y)

/**
 * The x of T x = b for a triangular T, by substitution.
 *
 * - `t`: `[n, n]`, of which only the triangle is read: on and below the diagonal, or with `lower: false` on and above
 *   it. `transpose`: solves Tᵀ x = b. `unitDiagonal`: the diagonal is taken to be 1.
 * - `b`: `[n]`, or `[n, m]` for m right-hand sides. Each of the two may be uniform or varying.
 * - A 0 on the diagonal gives infinite or NaN elements.
 * @throws when `t` is not square or `b` does not fit it
 * @see Golub & Van Loan 2013, Matrix Computations, §3.1
 */
export const triangularSolve = <A extends string = never, B extends string = never>(
  t: Tensor<A>,
  b: Tensor<B>,
  options: Partial<Triangle> = {},
): Tensor<A | B> =>
  make(triangularSolveOperation, { lower: true, transpose: false, unitDiagonal: false, ...options }, [
    nodeOf(t),
    nodeOf(b),
  ])
