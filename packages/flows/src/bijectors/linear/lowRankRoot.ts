import {
  add,
  cholesky,
  type Example,
  exp,
  log,
  matmul,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
} from '@diffeo/autodiff'
import { mistake } from '../../mistake.ts'
import { identityMatrix } from './identityMatrix.ts'

/** A root T of a covariance, T Tᵀ = W Wᵀ + σ² I: applied, undone, and log|det T|. */
export interface LowRankRoot {
  apply(z: Example): Example
  undo(x: Example): Example
  readonly logDet: Tensor
}

/**
 * With V = W / σ and the Cholesky factor R Rᵀ = I + Vᵀ V (q x q): T = σ (I + V (I + R)⁻¹ Vᵀ), whose inverse is
 * (I - V (I + Rᵀ)⁻¹ R⁻¹ Vᵀ) / σ and whose determinant is σ^d det R. Multiplying T Tᵀ out needs only
 * (I + R)(I + Rᵀ) = I + R + Rᵀ + R Rᵀ. It holds for any W, of full rank or not.
 *
 * - `weights`: `[d, q]`, none for q = 0; `logNoise`: log σ, `[]`; `mean` `[d]` says d.
 */
export const lowRankRoot = ({
  mean,
  weights,
  logNoise,
}: {
  readonly mean: Tensor
  readonly weights?: Tensor
  readonly logNoise: Tensor
}): LowRankRoot => {
  const d = mean.shape[0]!
  const [noise, precision] = [exp(logNoise), exp(neg(logNoise))]
  if (weights === undefined)
    return { apply: (z) => mul(z, noise), undo: (x) => mul(x, precision), logDet: mul(d, logNoise) }
  const q = weights.shape[1]!
  const v = mul(weights, precision)
  const flat = transpose(v)
  const identity = identityMatrix(q)
  const r = cholesky(add(identity, matmul(flat, v)))
  const more = add(identity, r)
  return {
    apply: (z) => mul(add(z, matmul(v, triangularSolve(more, matmul(flat, z)))), noise),
    undo: (x) => {
      const inner = triangularSolve(transpose(more), triangularSolve(r, matmul(flat, x)), { lower: false })
      return mul(sub(x, matmul(v, inner)), precision)
    },
    logDet: add(mul(d, logNoise), sum(log(sum(mul(r, identity), 1)))),
  }
}

/** @throws when d is not a positive whole number, or q not a whole number from 0 to d - 1 */
export const wantsFactors = (who: string, d: number, q: number): void => {
  if (!(Number.isInteger(d) && d > 0)) mistake(`${who}: the dimension is a positive whole number, got ${d}.`)
  if (!(Number.isInteger(q) && q >= 0 && q < d))
    mistake(`${who}: the number of factors is a whole number from 0 to ${d - 1}, got ${q}.`)
}
