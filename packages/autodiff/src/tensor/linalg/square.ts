import { mistake, showShape } from '../../error.ts'
import { sum } from '../broadcast.ts'
import { constant } from '../constant.ts'
import { add, mul, where } from '../elementwise.ts'
import { expandDims, transpose } from '../shaping.ts'
import { type Node, nodeOf, type Tensor } from '../tensor.ts'

/** The order of a square matrix of floats; throws naming what came instead. */
export const orderOf = (a: Node, operation: string): number => {
  const [n, m] = a.shape
  if (a.dtype !== 'float' || a.shape.length !== 2 || n !== m)
    mistake(`${operation}: takes a square float matrix [n, n], got ${a.dtype} ${showShape(a.shape)}.`)
  return n!
}

/** Right-hand sides of order n: a vector `[n]` or columns `[n, m]`; gives how many. */
export const columnsOf = (b: Node, n: number, operation: string): number => {
  if (b.dtype !== 'float' || b.shape.length < 1 || b.shape.length > 2 || b.shape[0] !== n)
    mistake(
      `${operation}: a matrix of order ${n} takes a float [${n}] or [${n}, m], got ${b.dtype} ${showShape(b.shape)}.`,
    )
  return b.shape[1] ?? 1
}

/** The elements of a square matrix at which `keep(row, column)` holds, 0 elsewhere. */
export const masked = (a: Node, keep: (row: number, column: number) => boolean): Node => {
  const n = a.shape[0]!
  const mask = Float64Array.from({ length: n * n }, (_, at) => Number(keep(Math.floor(at / n), at % n)))
  return nodeOf(where(constant(mask, [n, n], 'bool'), a, 0))
}

/** (X + Xᵀ)/2. */
export const symmetric = (x: Tensor): Node => nodeOf(mul(0.5, add(x, transpose(x))))

const onDiagonal = (i: number, j: number): boolean => i === j

/** The diagonal of a square matrix. `[n]` */
export const diagonalOf = (a: Node): Node => nodeOf(sum(masked(a, onDiagonal), 1))

/** The square matrix with this diagonal and 0 elsewhere. */
export const diagonalMatrix = (x: Node): Node => {
  const n = x.shape[0]!
  const mask = Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0))
  return nodeOf(mul(constant(mask, [n, n]), expandDims(x, 1)))
}
