import { constant, exp, iota, mul, reshape, scatterAdd, type Tensor, zeros } from '@diffeo/autodiff'
import { type Parameter, parameter } from '../../parameters.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type TriangleParams = {
  /** `[d]`: logarithms of the diagonal. */
  readonly logDiagonal: Tensor
  /** `[d (d - 1) / 2]`: elements off the diagonal, row by row. */
  readonly beside: Tensor
}

/** All 0, at which the triangle is the identity. */
export const triangleParameters = (dim: number): { readonly [K in keyof TriangleParams]: Parameter } => ({
  logDiagonal: parameter([dim], { kind: 'zeros' }),
  beside: parameter([(dim * (dim - 1)) / 2], { kind: 'zeros' }),
})

/** The triangular matrix `[d, d]` with a positive diagonal; lower unless `upper`. */
export const triangle = ({ logDiagonal, beside }: TriangleParams, upper = false): Tensor => {
  const d = logDiagonal.shape[0]!
  const places: number[] = []
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) if (upper ? i < j : i > j) places.push(i * d + j)
  const diagonal = scatterAdd(zeros([d * d]), mul(iota(d), constant(d + 1, [], 'int')), exp(logDiagonal))
  return reshape(
    places.length === 0 ? diagonal : scatterAdd(diagonal, constant(places, [places.length], 'int'), beside),
    [d, d],
  )
}
