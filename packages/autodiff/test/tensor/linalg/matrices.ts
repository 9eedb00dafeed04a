import { numbers } from '../../derivatives.ts'

export const eye = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, e) => Number(e % (n + 1) === 0))

/** An orthogonal matrix `[n, n]`, row-major: Gram and Schmidt, twice, on numbers that look random. */
export const rotation = (n: number, seed: number): Float64Array => {
  const rows = Array.from({ length: n }, (_, i) => Array.from(numbers(n, seed + 17 * i)))
  for (let turn = 0; turn < 2; turn++)
    rows.forEach((row, i) => {
      for (const before of rows.slice(0, i)) {
        const along = row.reduce((total, v, k) => total + v * before[k]!, 0)
        before.forEach((v, k) => {
          row[k]! -= along * v
        })
      }
      const length = Math.hypot(...row)
      row.forEach((v, k) => {
        row[k] = v / length
      })
    })
  return Float64Array.from(rows.flat())
}
