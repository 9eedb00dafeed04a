/** Which triangle of a matrix is meant, and how. */
export interface Triangle {
  /** Elements on and below the diagonal; those on and above it otherwise. The rest is not read. */
  readonly lower: boolean
  /** The triangle's transpose is meant. */
  readonly transpose: boolean
  /** The diagonal is taken to be 1 and not read. */
  readonly unitDiagonal: boolean
}

/** A matrix `[n, n]` for every lane (`step` 1, elements `lanes` apart) or the same for all (`step` 0, elements side by side). */
export interface Laid {
  readonly data: Float64Array
  readonly step: 0 | 1
}

/** Solves T x = b in place for `columns` right-hand sides: `x` is `[n, columns, lanes]` and holds b before. */
export const substitute = (
  t: Laid,
  x: Float64Array,
  n: number,
  columns: number,
  lanes: number,
  { lower, transpose, unitDiagonal }: Triangle,
): void => {
  const { data, step } = t
  const each = step ? lanes : 1
  const row = columns * lanes
  const fromFirst = lower !== transpose
  const at = (i: number, k: number): number => (transpose ? k * n + i : i * n + k) * each
  for (let turn = 0; turn < n; turn++) {
    const i = fromFirst ? turn : n - 1 - turn
    for (let before = 0; before < turn; before++) {
      const k = fromFirst ? before : n - 1 - before
      const factor = at(i, k)
      for (let c = 0; c < row; c += lanes)
        for (let l = 0; l < lanes; l++) x[i * row + c + l]! -= data[factor + l * step]! * x[k * row + c + l]!
    }
    if (unitDiagonal) continue
    const pivot = at(i, i)
    for (let c = 0; c < row; c += lanes) for (let l = 0; l < lanes; l++) x[i * row + c + l]! /= data[pivot + l * step]!
  }
}

/** Copies a value of `size` elements into one for every lane. */
export const spreadInto = (out: Float64Array, x: Float64Array, varies: boolean, size: number, lanes: number): void => {
  if (varies || lanes === 1) {
    for (let i = 0; i < size * lanes; i++) out[i] = x[i]!
    return
  }
  for (let e = 0; e < size; e++) for (let l = 0; l < lanes; l++) out[e * lanes + l] = x[e]!
}
