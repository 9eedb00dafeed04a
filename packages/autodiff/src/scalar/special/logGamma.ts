import { fromNearestInteger } from './nearestInteger.ts'
import { polynomial } from './polynomial.ts'

// logΓ(1 + u) / (u (u - 1)) on [0, 3/2]: rational, interpolated in Chebyshev nodes with 70 digits; off by 4.5e-17 of its
// value. The factors keep the zeros at 1 and 2 exact.
const NEAR_ABOVE = [
  0.5772156649015329, 1.6127980988293054, 1.705814162944762, 0.8520513981537763, 0.20439108881687107,
  0.021203176043135177, 0.0006980166023657622, 1.6174506838210709e-6,
]
const NEAR_BELOW = [
  1, 3.2189865596749643, 4.053668149315075, 2.53115928409506, 0.8203148799053847, 0.13188406729030275,
  0.00907815276958198, 0.0001821462808364354,
]

// B₂ₖ / (2k (2k - 1)), k = 1, 2, …: what follows is below 2e-18 for x >= 10.
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]

const HALF_LOG_TWO_PI = 0.9189385332046728

/**
 * log|Γ(x)|, in nats. Accurate relative to itself for x > 0 (to the zeros at 1 and 2 themselves); for x < 0, where it
 * has a zero between every two poles, absolutely where it is below 1. Infinity at the poles 0, -1, -2, … and at ±Infinity.
 *
 * @see DLMF 5.11.1 (Stirling's series, x >= 10), 5.5.1 (recurrence), 5.5.3 (reflection)
 */
export const logGamma = (x: number): number => {
  if (x > 0) return logGammaOfPositive(x)
  const distance = fromNearestInteger(x)
  if (distance === 0 || x === -Infinity) return Infinity
  // Closer to 0 than this the product below underflows, and logΓ is -log|x| to the last bit.
  if (x > -1e-17) return -Math.log(-x)
  return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * distance))) - logGammaOfPositive(-x)
}

const logGammaOfPositive = (x: number): number => {
  if (x >= 10) {
    const inverse = 1 / x
    const rest = polynomial(STIRLING, inverse * inverse) * inverse
    return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_TWO_PI - 0.5 + rest)
  }
  // Γ(x) = Γ(1 + x) / x: here 1 + x would round, x itself does not.
  if (x < 1) return near(x) - Math.log(x)
  let product = 1
  let u = x - 1
  while (u > 1.5) {
    product *= u
    u -= 1
  }
  return product === 1 ? near(u) : near(u) + Math.log(product)
}

/** logΓ(1 + u) for u in [0, 3/2]; adding 0 makes the -0 at u = 0 a 0. */
const near = (u: number): number => (u * (u - 1) * polynomial(NEAR_ABOVE, u)) / polynomial(NEAR_BELOW, u) + 0
