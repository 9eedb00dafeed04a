/** [m/m] Padé approximant of e^x: coefficients of x^k, divided by the last (Higham 2005, eq. 2.3), and how large the norm may be so that value and derivative are right to 2^-53 (Al-Mohy & Higham 2009, table 6.1). */
interface Approximant {
  readonly degree: number
  readonly coefficients: readonly number[]
  readonly largest: number
}

const approximant = (degree: number, largest: number): Approximant => {
  const coefficients = [1]
  for (let k = degree; k > 0; k--)
    coefficients.unshift((coefficients[0]! * k * (2 * degree - k + 1)) / (degree - k + 1))
  return { degree, coefficients, largest }
}

const APPROXIMANTS: readonly Approximant[] = [
  approximant(3, 1.08e-2),
  approximant(5, 2e-1),
  approximant(7, 7.83e-1),
  approximant(9, 1.78),
  approximant(13, 4.74),
]

/**
 * e^A for a matrix `[n, n]`, row-major, by scaling and squaring (Higham 2005, algorithm 2.3). `block`: A is block
 * triangular with equal diagonal blocks of this order, by whose norm alone it is scaled; n where it is no such matrix.
 */
export const exponential = (a: Float64Array, n: number, block: number): Float64Array => {
  const norm = normOf(a, n, block)
  if (!a.every(Number.isFinite) || norm === Infinity) return new Float64Array(n * n).fill(NaN)
  const last = APPROXIMANTS.at(-1)!
  const fits = APPROXIMANTS.find(({ largest }) => norm <= largest)
  const squarings = fits ? 0 : Math.ceil(Math.log2(norm / last.largest))
  const scale = 2 ** -squarings
  let power = rational(
    a.map((x) => x * scale),
    n,
    fits ?? last,
  )
  for (let i = 0; i < squarings; i++) power = product(power, power, n)
  return power
}

/** Largest sum of the sizes of a column of the first block. */
const normOf = (a: Float64Array, n: number, block: number): number => {
  let largest = 0
  for (let j = 0; j < block; j++) {
    let total = 0
    for (let i = 0; i < block; i++) total += Math.abs(a[i * n + j]!)
    largest = Math.max(largest, total)
  }
  return largest
}

/** q(A)⁻¹ p(A), where p is even + odd powers and q even - odd. */
const rational = (a: Float64Array, n: number, { degree, coefficients }: Approximant): Float64Array => {
  const squared = product(a, a, n)
  // Horner's rule in A², even and odd coefficients apart: (degree + 1)/2 products.
  let even = scaledIdentity(coefficients[degree - 1]!, n)
  let odd = scaledIdentity(coefficients[degree]!, n)
  for (let k = degree - 2; k > 0; k -= 2) {
    even = product(squared, even, n)
    odd = product(squared, odd, n)
    for (let i = 0; i < n; i++) {
      even[i * n + i]! += coefficients[k - 1]!
      odd[i * n + i]! += coefficients[k]!
    }
  }
  odd = product(a, odd, n)
  const numerator = even.map((x, e) => x + odd[e]!)
  divide(
    even.map((x, e) => x - odd[e]!),
    numerator,
    n,
  )
  return numerator
}

const scaledIdentity = (scale: number, n: number): Float64Array => {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) matrix[i * n + i] = scale
  return matrix
}

const product = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!
      // Zeros are many here: a direction's block below the diagonal is all zeros, and 0 · ∞ is none of its business.
      if (factor === 0) continue
      for (let j = 0; j < n; j++) out[i * n + j]! += factor * b[k * n + j]!
    }
  return out
}

/** B = Q⁻¹ B in place, by elimination with partial pivoting; Q is used up. */
const divide = (q: Float64Array, b: Float64Array, n: number): void => {
  const swap = (x: Float64Array, i: number, k: number): void => {
    for (let j = 0; j < n; j++) {
      const kept = x[i * n + j]!
      x[i * n + j] = x[k * n + j]!
      x[k * n + j] = kept
    }
  }
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(q[i * n + k]!) > Math.abs(q[pivot * n + k]!)) pivot = i
    if (pivot !== k) {
      swap(q, k, pivot)
      swap(b, k, pivot)
    }
    for (let i = k + 1; i < n; i++) {
      const factor = q[i * n + k]! / q[k * n + k]!
      if (factor === 0) continue
      for (let j = k + 1; j < n; j++) q[i * n + j]! -= factor * q[k * n + j]!
      for (let j = 0; j < n; j++) b[i * n + j]! -= factor * b[k * n + j]!
    }
  }
  for (let i = n - 1; i >= 0; i--)
    for (let j = 0; j < n; j++) {
      let x = b[i * n + j]!
      for (let k = i + 1; k < n; k++) x -= q[i * n + k]! * b[k * n + j]!
      b[i * n + j] = x / q[i * n + i]!
    }
}
