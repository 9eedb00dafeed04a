import { constant, eigenSymmetric, evaluate } from '@diffeo/autodiff'

/** Eigenvalues in descending order, and the eigenvector of each: `vectors[k]` belongs to `values[k]`, of length 1. */
export interface Spectrum {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

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
  const whole = matrix.slice()
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) whole[i * n + j] = whole[j * n + i]!
  const { values, vectors } = eigenSymmetric(constant(whole, [n, n]))
  const [ascending, columns] = [evaluate(values).data, evaluate(vectors).data]
  const order = Array.from({ length: n }, (_, k) => n - 1 - k)
  return {
    values: Float64Array.from(order, (k) => ascending[k]!),
    vectors: order.map((k) => Float64Array.from({ length: n }, (_, i) => columns[i * n + k]!)),
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
