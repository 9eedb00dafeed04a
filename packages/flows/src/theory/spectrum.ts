/** Eigenvalues in descending order, and the eigenvector of each: `vectors[k]` belongs to `values[k]`, of length 1. */
export interface Spectrum {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

/** Sweeps converge quadratically; matrices of any size need about ten. */
const MOST_SWEEPS = 60

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations: slow for large matrices, accurate to
 * the last digits for those of a few hundred rows.
 *
 * - `matrix`: `[n, n]`, row-major; only its upper triangle is read.
 * - Fails: throws where an entry is not finite.
 *
 * @see Golub & Van Loan 2013, Matrix computations, section 8.5
 */
export const spectrum = (matrix: Float64Array, n: number): Spectrum => {
  if (matrix.length !== n * n || matrix.some((x) => !Number.isFinite(x)))
    throw new RangeError(`spectrum: expected ${n} x ${n} finite numbers, got ${matrix.length}`)
  const a = matrix.slice()
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) turned = rotate(a, v, n, p, q) || turned
    if (!turned) break
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!)
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: order.map((i) => Float64Array.from({ length: n }, (_, k) => v[k * n + i]!)),
  }
}

/** An eigenvalue below this many roundings of the largest, for each row of the matrix, is nothing. */
const SLACK = 8
/** A coordinate takes part in a relation where its weight is above this share of the largest. */
const TAKES_PART = 1e-6

/** The coordinates with weight in any direction of no variance, ascending: those of an exact linear relation. */
export const dependent = ({ values, vectors }: Spectrum): readonly number[] => {
  const nothing = SLACK * values.length * Number.EPSILON * values[0]!
  const relations = vectors.filter((_, k) => !(values[k]! > nothing))
  return Array.from(values.keys()).filter((j) =>
    relations.some((v) => Math.abs(v[j]!) > TAKES_PART * v.reduce((most, x) => Math.max(most, Math.abs(x)), 0)),
  )
}

/** Makes the entry (p, q) zero by a rotation of the two axes; false where it is nothing beside its diagonal already. */
const rotate = (a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean => {
  const off = a[p * n + q]!
  const [app, aqq] = [a[p * n + p]!, a[q * n + q]!]
  if (Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(app * aqq)) || off === 0) return false
  const theta = (aqq - app) / (2 * off)
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
    const [kp, kq] = [v[k * n + p]!, v[k * n + q]!]
    v[k * n + p] = c * kp - s * kq
    v[k * n + q] = s * kp + c * kq
  }
  a[p * n + q] = 0
  a[q * n + p] = 0
  return true
}
