/** Sweeps converge quadratically; matrices of any size need about ten. */
const MOST_SWEEPS = 60

/**
 * Cyclic Jacobi rotations of a symmetric matrix `[n, n]`, in place, until what is off the diagonal is nothing beside it;
 * `turns` gets the product of the rotations, whose column k belongs to element k of the diagonal (Golub & Van Loan 2013,
 * Matrix Computations, §8.5). Elements that are not finite give NaN everywhere.
 */
export const diagonalise = (a: Float64Array, turns: Float64Array, n: number): void => {
  turns.fill(0)
  for (let i = 0; i < n; i++) turns[i * n + i] = 1
  if (!a.every(Number.isFinite)) {
    a.fill(NaN)
    turns.fill(NaN)
    return
  }
  for (let sweep = 0, turned = true; sweep < MOST_SWEEPS && turned; sweep++) {
    turned = false
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) turned = rotate(a, turns, n, p, q) || turned
  }
}

/** Makes element (p, q) zero by a rotation of the two axes; false where it is nothing beside its diagonal already. */
const rotate = (a: Float64Array, turns: Float64Array, n: number, p: number, q: number): boolean => {
  const off = a[p * n + q]!
  const [app, aqq] = [a[p * n + p]!, a[q * n + q]!]
  // Judged by its own two elements, so that small eigenvalues of a graded matrix keep their digits.
  if (off === 0 || Math.abs(off) <= 0.5 * Number.EPSILON * Math.sqrt(Math.abs(app)) * Math.sqrt(Math.abs(aqq)))
    return false
  const theta = aqq / (2 * off) - app / (2 * off)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p]!, a[k * n + q]!]
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [a[p * n + k]!, a[q * n + k]!]
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
    const [kp, kq] = [turns[k * n + p]!, turns[k * n + q]!]
    turns[k * n + p] = c * kp - s * kq
    turns[k * n + q] = s * kp + c * kq
  }
  a[p * n + q] = 0
  a[q * n + p] = 0
  return true
}

/** The places on the diagonal in the order of their elements. */
export const ascending = (a: Float64Array, n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i]! - a[j * n + j]!)

/** ±1, so that the largest element of a column (the first of equal ones) times it is positive. */
export const signOf = (turns: Float64Array, n: number, column: number): number => {
  let largest = 0
  for (let i = 0; i < n; i++) {
    const x = turns[i * n + column]!
    // What rounding tells apart is equal, so that it does not choose the sign.
    if (Math.abs(x) > Math.abs(largest) * (1 + 1e-9)) largest = x
  }
  return largest < 0 ? -1 : 1
}
