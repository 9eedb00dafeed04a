import { constant, exp, expandDims, sum, type Tensor, where } from '@diffeo/autodiff'

/** L with a diagonal of 1 and U with a positive one. */
export interface Triangles<A extends string = never> {
  /** With its unit diagonal. */
  readonly lower: Tensor<A>
  readonly upper: Tensor<A>
  readonly logDiagonal: Tensor<A>
}

/** Both triangles out of one matrix `[d, d]`: L below the diagonal, U above it, and on it the logs of U's diagonal. */
export const trianglesOf = (dim: number): (<A extends string = never>(factors: Tensor<A>) => Triangles<A>) => {
  const below = pattern(dim, (i, j) => i > j)
  const above = pattern(dim, (i, j) => i < j)
  const diagonal = pattern(dim, (i, j) => i === j)
  return (factors) => {
    const logDiagonal = sum(where(diagonal, factors, 0), 1)
    return {
      lower: where(below, factors, where(diagonal, 1, 0)),
      upper: where(diagonal, expandDims(exp(logDiagonal), 1), where(above, factors, 0)),
      logDiagonal,
    }
  }
}

const pattern = (dim: number, holds: (i: number, j: number) => boolean): Tensor =>
  constant(
    Float64Array.from({ length: dim * dim }, (_, e) => Number(holds(Math.floor(e / dim), e % dim))),
    [dim, dim],
    'bool',
  )
