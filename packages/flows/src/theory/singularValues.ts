/** Sweeps converge quadratically; matrices of any size need about ten. */
const MOST_SWEEPS = 60

/**
 * Singular values in descending order, by one-sided Jacobi rotations: columns are turned until they are orthogonal, and
 * then their lengths are what is sought. Small values keep their digits beside large ones.
 *
 * - `matrix`: `[n, n]`, row-major. NaN in all places where an element is not finite.
 *
 * @see Demmel & Veselić 1992, Jacobi's method is more accurate than QR
 */
export const singularValues = (matrix: ArrayLike<number>, n: number): Float64Array => {
  const columns = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_, i) => matrix[i * n + j]!))
  if (columns.some((column) => !column.every(Number.isFinite))) return new Float64Array(n).fill(Number.NaN)
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) turned = rotate(columns[p]!, columns[q]!) || turned
    if (!turned) break
  }
  return Float64Array.from(columns, (column) => Math.hypot(...column)).sort((a, b) => b - a)
}

/** Makes two columns orthogonal; false where they are, to rounding. */
const rotate = (a: Float64Array, b: Float64Array): boolean => {
  let [aa, bb, ab] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
    ab += a[i]! * b[i]!
  }
  if (ab === 0 || Math.abs(ab) <= Number.EPSILON * Math.sqrt(aa * bb)) return false
  const theta = (bb - aa) / (2 * ab)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!]
    a[i] = c * x - s * y
    b[i] = s * x + c * y
  }
  return true
}

/** a b of two matrices `[n, n]`, row-major. */
export const productOf = (a: ArrayLike<number>, b: ArrayLike<number>, n: number): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k]!
      if (x !== 0) for (let j = 0; j < n; j++) out[i * n + j]! += x * b[k * n + j]!
    }
  return out
}
