import { constant, type Tensor } from '@diffeo/autodiff'

/** Ones on the diagonal of `[d, d]`. */
export const identityMatrix = (dim: number): Tensor =>
  constant(
    Float64Array.from({ length: dim * dim }, (_, e) => Number(e % (dim + 1) === 0)),
    [dim, dim],
  )
