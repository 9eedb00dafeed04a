export const LOG_2_PI = Math.log(2 * Math.PI)

/** log of the normal density with mean 0 at x. */
export const logNormal = (x: number, deviation: number): number => {
  const z = x / deviation
  return -0.5 * z * z - Math.log(deviation) - 0.5 * LOG_2_PI
}

/** log Σ exp, from the largest term, so that far from everything the nearest part decides. */
export const logSumExp = (terms: ArrayLike<number>): number => {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < terms.length; i++) largest = Math.max(largest, terms[i]!)
  if (largest === Number.NEGATIVE_INFINITY) return largest
  let sum = 0
  for (let i = 0; i < terms.length; i++) sum += Math.exp(terms[i]! - largest)
  return largest + Math.log(sum)
}
