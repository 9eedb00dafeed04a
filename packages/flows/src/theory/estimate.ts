/** A mean over rows, and the standard error of that mean: the sample's standard deviation over √rows. */
export interface Estimate {
  readonly value: number
  readonly standardError: number
}

/** Of one number for each row; NaN without rows, and a standard error of 0 for one. */
export const estimate = (values: ArrayLike<number>): Estimate => estimates(values, values.length)[0]!

/** Of each column of `[rows, d]`, row-major. Two passes, so that a common offset costs no digits. */
export const estimates = (values: ArrayLike<number>, rows: number): readonly Estimate[] => {
  const d = values.length / rows
  return Array.from({ length: d }, (_, j) => {
    let total = 0
    for (let i = 0; i < rows; i++) total += values[i * d + j]!
    const value = total / rows
    let squares = 0
    for (let i = 0; i < rows; i++) squares += (values[i * d + j]! - value) ** 2
    return { value, standardError: rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : 0 }
  })
}
