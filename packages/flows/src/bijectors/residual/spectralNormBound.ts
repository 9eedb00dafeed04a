import {
  abs,
  add,
  div,
  exp,
  log,
  matmul,
  max,
  maximum,
  mul,
  sqrt,
  stopGradient,
  sum,
  type Tensor,
  transpose,
} from '@diffeo/autodiff'
import { identityMatrix } from '../linear/identityMatrix.ts'

/** Added to the Gram matrix, so that a matrix of zeros has a bound with a derivative; it raises no other's by anything. */
const TINY = 1e-12

/**
 * A number that the largest singular value of a matrix does not exceed, by iterating the Gram matrix:
 * σ ≤ ‖(WᵀW)^(2^t)‖_F^(1/2^(t+1)), the Schatten norm of order 2^(t+2). Power iteration comes from below and proves nothing.
 *
 * - `weight`: `[m, n]`. `[]`: at most rank^(1/2^(t+2)) times the largest singular value (1.04 times for rank 100 and the 5
 *   squarings that are usual), and never below it but for the rounding of the products.
 * - Never overflows: each power is divided by its own norm. Differentiable everywhere.
 *
 * @see Delattre, Barthélemy, Araujo & Allauzen 2023, Efficient bound of Lipschitz constant for convolutional layers by Gram
 * iteration, theorem 2
 */
export const spectralNormBound = (weight: Tensor, squarings = 5): Tensor => {
  const [m, n] = weight.shape as readonly [number, number]
  // The bound is the same for every scale, so this one is a constant; what it does is keep squares from overflowing.
  const scale = stopGradient(maximum(max(abs(weight)), 1))
  const w = div(weight, scale)
  const small = m < n ? matmul(w, transpose(w)) : matmul(transpose(w), w)
  let gram: Tensor = add(small, mul(div(div(TINY, scale), scale), identityMatrix(Math.min(m, n))))
  let logBound: Tensor | undefined
  for (let t = 0; t <= squarings; t++) {
    const norm = sqrt(sum(mul(gram, gram)))
    const term = mul(0.5 * 2 ** -t, log(norm))
    logBound = logBound ? add(logBound, term) : term
    const unit = div(gram, norm)
    if (t < squarings) gram = matmul(unit, unit)
  }
  return mul(scale, exp(logBound!))
}
