import { fromNearestInteger } from './nearestInteger.ts'
import { polynomial } from './polynomial.ts'

// ψ(1 + u) / (u - root) on [0, 1]: rational, interpolated in Chebyshev nodes with 70 digits; off by 1.3e-17 of its value.
const NEAR_ABOVE = [
  1.2503801375034054, 1.8675925104074453, 0.9711327526262392, 0.21631407251432455, 0.01996408274151926,
  0.0005811135063985677, 1.0894678528383955e-6,
]
const NEAR_BELOW = [
  1, 2.1771665986671342, 1.6630736963665909, 0.5710455727133128, 0.09111902253303285, 0.006100975692434821,
  0.00012043151172286901,
]
// The positive root of ψ, less 1, as an unevaluated sum of two numbers: near it ψ stays accurate relative to itself.
const ROOT = 0.46163214496836236
const ROOT_REST = -1.5522348162858677e-17

// B₂ₖ / 2k, k = 1, 2, …: what follows is below 4e-18 for x >= 10.
const TAIL = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]

/**
 * ψ(x), the derivative of log|Γ(x)|. Accurate relative to itself for x > 0; for x < 0, where it has a zero between every
 * two poles, absolutely where it is below 1. At the poles: ∓Infinity at ±0 (the limits), NaN at -1, -2, …, where the
 * limits from the two sides differ, and at -Infinity.
 *
 * @see DLMF 5.11.2 (asymptotic series, x >= 10), 5.5.2 (recurrence), 5.5.4 (reflection); the factored root is Cody,
 * Strecok, Thacher 1973, Chebyshev approximations for the psi function
 */
export const digamma = (x: number): number => {
  if (x > 0) return digammaOfPositive(x)
  if (x === 0) return -1 / x
  const distance = fromNearestInteger(x)
  if (distance === 0) return NaN
  return digammaOfPositive(1 - x) - Math.PI / Math.tan(Math.PI * distance)
}

const digammaOfPositive = (x: number): number => {
  if (x >= 10) {
    const inverse = 1 / x
    const u = inverse * inverse
    return Math.log(x) - (0.5 * inverse + polynomial(TAIL, u) * u)
  }
  // ψ(x) = ψ(1 + x) - 1/x: here 1 + x would round, x itself does not.
  if (x < 1) return near(x) - 1 / x
  let steps = 0
  let u = x - 1
  while (u > 1) {
    steps += 1 / u
    u -= 1
  }
  return near(u) + steps
}

/** ψ(1 + u) for u in [0, 1]. */
const near = (u: number): number => ((u - ROOT - ROOT_REST) * polynomial(NEAR_ABOVE, u)) / polynomial(NEAR_BELOW, u)
