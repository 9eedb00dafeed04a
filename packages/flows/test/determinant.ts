/** Log of the absolute determinant of a square matrix, rows of rows, by elimination with the largest pivot. */
export const logAbsDeterminant = (matrix: readonly (readonly number[])[]): number => {
  const a = matrix.map((row) => [...row])
  const n = a.length
  let total = 0
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i
    ;[a[k], a[pivot]] = [a[pivot]!, a[k]!]
    total += Math.log(Math.abs(a[k]![k]!))
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!
      for (let j = k; j < n; j++) a[i]![j]! -= factor * a[k]![j]!
    }
  }
  return total
}

/** The matrix of one lane out of `[n, n]` matrices with lanes innermost. */
export const matrixOf = (
  data: ArrayLike<number>,
  n: number,
  lanes: number,
  lane: number,
): readonly (readonly number[])[] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => data[(i * n + j) * lanes + lane]!))
