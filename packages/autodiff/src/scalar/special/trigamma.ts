import { fromNearestInteger } from './nearestInteger.ts'
import { polynomial } from './polynomial.ts'

// B₂ₖ, k = 1, 2, …: what follows is below 6e-18 of the sum for x >= 10.
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798]

/**
 * ψ′(x), the derivative of digamma: positive, off by a few units in the last place at most. Infinity at the poles
 * 0, -1, -2, …, NaN at -Infinity.
 *
 * @see DLMF 5.15.8 (asymptotic series, x >= 10), 5.15.5 (recurrence), 5.15.6 (reflection)
 */
export const trigamma = (x: number): number => {
  if (x > 0) return trigammaOfPositive(x)
  const distance = fromNearestInteger(x)
  if (distance === 0) return Infinity
  const cosecant = Math.PI / Math.sin(Math.PI * distance)
  return cosecant * cosecant - trigammaOfPositive(1 - x)
}

const trigammaOfPositive = (x: number): number => {
  let steps = 0
  let at = x
  for (; at < 10; at += 1) steps += 1 / (at * at)
  const inverse = 1 / at
  const u = inverse * inverse
  return steps + inverse * (1 + 0.5 * inverse + polynomial(BERNOULLI, u) * u)
}
