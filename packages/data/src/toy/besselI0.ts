/** Where the asymptotic series takes over: its smallest term is far below float64's rounding there. */
const LARGE = 30

/**
 * log I₀(x) - x for x >= 0, the modified Bessel function of order 0 without its growth; relative error of I₀ about 1e-15.
 *
 * @see NIST Digital Library of Mathematical Functions, (10.25.2) and (10.40.1)
 */
export const logScaledBesselI0 = (x: number): number => {
  let term = 1
  let sum = 1
  if (x < LARGE) {
    const quarter = (x * x) / 4
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= quarter / (k * k)
      sum += term
    }
    return Math.log(sum) - x
  }
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= ((2 * k - 1) * (2 * k - 1)) / (8 * k * x)
    sum += term
  }
  return Math.log(sum) - 0.5 * Math.log(2 * Math.PI * x)
}
