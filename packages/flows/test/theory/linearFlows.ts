import type { Bijector } from '../../src/bijector.ts'
import { choleskyLinear } from '../../src/bijectors/cholesky.ts'
import { denseLinear } from '../../src/bijectors/dense.ts'
import { householder } from '../../src/bijectors/householder.ts'
import { lowRankWhitening } from '../../src/bijectors/lowRankWhitening.ts'
import { luLinear } from '../../src/bijectors/lu.ts'
import { matrixExponential } from '../../src/bijectors/matrixExponential.ts'
import { qrLinear } from '../../src/bijectors/qr.ts'
import { scale } from '../../src/bijectors/scale.ts'
import { shift } from '../../src/bijectors/shift.ts'
import { svdLinear } from '../../src/bijectors/svd.ts'
import { andThen } from '../../src/combinators/andThen.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Flow, over } from '../../src/flow.ts'
import { type Spectrum, spectrum } from '../../src/theory/spectrum.ts'
import type { Trained } from '../../src/theory/uniqueness.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { normals } from '../draws.ts'

// Complete parameterisations of a linear map, each with the numbers at which it whitens given rows. The numbers are found
// by linear algebra on rows of rows, which has no line in common with the layers.

type Matrix = readonly (readonly number[])[]

const make = (n: number, f: (i: number, j: number) => number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => f(i, j)))
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)))
const transposed = (a: Matrix): Matrix => make(a.length, (i, j) => a[j]![i]!)
const apply = (a: Matrix, x: readonly number[]): readonly number[] =>
  a.map((row) => row.reduce((sum, w, j) => sum + w * x[j]!, 0))
const array = (a: Matrix) => ({ data: Float64Array.from(a.flat()), shape: [a.length, a[0]!.length] })
const list = (xs: ArrayLike<number>) => ({ data: Float64Array.from(xs), shape: [xs.length] })

/** Mean and covariance of the rows, the latter by its eigenvalues and vectors. */
interface Seen {
  readonly mean: readonly number[]
  readonly covariance: Matrix
  readonly spectrum: Spectrum
}
export const seenIn = ({ columns, rows, data }: Dataset): Seen => {
  const d = columns.length
  const mean = columns.map((_, j) => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += data[i * d + j]!
    return sum / rows
  })
  const covariance = make(d, (j, k) => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += (data[i * d + j]! - mean[j]!) * (data[i * d + k]! - mean[k]!)
    return sum / rows
  })
  return { mean, covariance, spectrum: spectrum(Float64Array.from(covariance.flat()), d) }
}

/** V f(λ) Vᵀ */
const functionOf = ({ values, vectors }: Spectrum, f: (x: number) => number): Matrix =>
  make(values.length, (i, j) => vectors.reduce((sum, v, k) => sum + v[i]! * v[j]! * f(values[k]!), 0))

/** The lower triangle L with L Lᵀ the matrix. */
const choleskyOf = (a: Matrix): Matrix => {
  const l = a.map((row) => row.map(() => 0))
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j <= i; j++) {
      let rest = a[i]![j]!
      for (let k = 0; k < j; k++) rest -= l[i]![k]! * l[j]![k]!
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!
    }
  return l
}
/** Of a lower triangle. */
const inverseOf = (l: Matrix): Matrix => {
  const n = l.length
  const x = l.map((row) => row.map(() => 0))
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let rest = Number(i === j)
      for (let k = j; k < i; k++) rest -= l[i]![k]! * x[k]![j]!
      x[i]![j] = rest / l[i]![i]!
    }
  return x
}

/** Vectors of reflections with H_d … H_1 = Qᵀ, for an orthogonal Q of determinant (-1)^d: each turns a column into its axis. */
const reflectionsTo = (q: Matrix): Matrix => {
  let left = q
  return q.map((_, k) => {
    const v = left.map((row, i) => row[k]! - Number(i === k))
    const size = v.reduce((sum, x) => sum + x * x, 0)
    left = times(
      make(q.length, (i, j) => Number(i === j) - (2 * v[i]! * v[j]!) / size),
      left,
    )
    return v
  })
}
const determinantSign = (a: Matrix): number => {
  const rows = a.map((row) => [...row])
  let sign = 1
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.reduce((best, row, i) => (i > k && Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? i : best), k)
    if (pivot !== k) {
      ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
      sign = -sign
    }
    if (rows[k]![k]! < 0) sign = -sign
    for (let i = k + 1; i < rows.length; i++) {
      const f = rows[i]![k]! / rows[k]![k]!
      for (let j = k; j < rows.length; j++) rows[i]![j]! -= f * rows[k]![j]!
    }
  }
  return sign
}
/** The eigenvectors as columns, the first turned round where that gives the determinant asked for. */
const axes = ({ vectors }: Spectrum, sign: number): Matrix => {
  const v = make(vectors.length, (i, j) => vectors[j]![i]!)
  return determinantSign(v) === sign ? v : v.map((row) => row.map((x, j) => (j === 0 ? -x : x)))
}
const parity = (d: number): number => (d % 2 === 0 ? 1 : -1)

const flowOf = (bijector: unknown, params: unknown, d: number): Trained => [
  over(standardNormal(d))(bijector as Bijector<never, never>) as unknown as Flow,
  { bijector: params, base: {} } as Trained[1],
]
const withShift = (w: Matrix, { mean }: Seen) => list(apply(w, mean).map((x) => -x))
/** Off the diagonal, row by row. */
const beside = (t: Matrix, upper: boolean): readonly number[] =>
  t.flatMap((row, i) => row.filter((_, j) => (upper ? i < j : i > j)))
const logDiagonal = (t: Matrix) => list(t.map((row, i) => Math.log(row[i]!)))

/** Every parameterisation, solved for the rows; `seed` chooses what the optimum leaves free, rotations of the latents. */
export const solved = (t: Dataset, seed: number): Readonly<Record<string, Trained>> => {
  const seen = seenIn(t)
  const { spectrum: s, mean, covariance } = seen
  const d = mean.length
  const free = make(d, (i, j) => normals(seed, [d, d]).data[i * d + j]!)
  const root = functionOf(s, (x) => 1 / Math.sqrt(x))
  const triangle = inverseOf(choleskyOf(covariance))
  // R with Rᵀ R the precision: any rotation of it whitens too.
  const upper = transposed(choleskyOf(functionOf(s, (x) => 1 / x)))
  const c = choleskyOf(root)
  const lowerOfRoot = c.map((row) => row.map((x, j) => x / c[j]![j]!))
  const upperOfRoot = c.map((_, i) => c.map((__, j) => c[i]![i]! * c[j]![i]!))
  const turned = axes(s, 1)
  const minusTurned = turned.map((row) => row.map((x) => -x))
  const halfLog = Array.from(s.values, (x) => -Math.log(x) / 2)
  const rotated = freeRotation(free)
  return {
    dense: flowOf(denseLinear(d), { weight: array(root), shift: withShift(root, seen) }, d),
    lu: flowOf(
      luLinear(d),
      {
        factors: array(
          make(d, (i, j) =>
            i > j ? lowerOfRoot[i]![j]! : i === j ? Math.log(upperOfRoot[i]![i]!) : upperOfRoot[i]![j]!,
          ),
        ),
        shift: withShift(root, seen),
      },
      d,
    ),
    qr: flowOf(
      qrLinear(d),
      {
        vectors: array(free),
        logDiagonal: logDiagonal(upper),
        beside: list(beside(upper, true)),
        shift: withShift(times(rotated, upper), seen),
      },
      d,
    ),
    svd: flowOf(
      svdLinear(d),
      {
        left: array(free),
        logScale: list(halfLog),
        right: array(reflectionsTo(minusTurned)),
        shift: withShift(
          times(
            rotated,
            transposed(turned).map((row, i) => row.map((x) => x * Math.exp(halfLog[i]!))),
          ),
          seen,
        ),
      },
      d,
    ),
    cholesky: flowOf(
      choleskyLinear(d),
      { logDiagonal: logDiagonal(triangle), beside: list(beside(triangle, false)), shift: withShift(triangle, seen) },
      d,
    ),
    'matrix exponential': flowOf(
      matrixExponential(d),
      { generator: array(functionOf(s, (x) => -Math.log(x) / 2)), shift: withShift(root, seen) },
      d,
    ),
    'householder and diagonal': flowOf(
      andThen(scale(d))(andThen(householder(d))(shift(d) as never) as never),
      [
        { shift: list(mean.map((x) => -x)) },
        { vectors: array(reflectionsTo(axes(s, parity(d)))) },
        { logScale: list(halfLog) },
      ],
      d,
    ),
    'low rank and noise': flowOf(
      lowRankWhitening(d, d - 1),
      {
        mean: list(mean),
        ...(d > 1 && {
          weights: array(
            seen.mean.map((_, i) =>
              Array.from({ length: d - 1 }, (_, k) => s.vectors[k]![i]! * Math.sqrt(s.values[k]! - s.values[d - 1]!)),
            ),
          ),
        }),
        logNoise: { data: Float64Array.of(Math.log(s.values[d - 1]!) / 2), shape: [] },
      },
      d,
    ),
  }
}

/** -H_d … H_1 of the rows' reflections, as the layers define it. */
const freeRotation = (vectors: Matrix): Matrix =>
  vectors
    .reduce<Matrix>(
      (q, v) => {
        const size = v.reduce((sum, x) => sum + x * x, 0)
        return times(
          make(v.length, (i, j) => Number(i === j) - (2 * v[i]! * v[j]!) / size),
          q,
        )
      },
      make(vectors.length, (i, j) => Number(i === j)),
    )
    .map((row) => row.map((x) => -x))
