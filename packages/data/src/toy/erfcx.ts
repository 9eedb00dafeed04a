/** From here on the continued fraction is short; below, the difference of two series loses at most two digits. */
const LARGE = 2

/**
 * The scaled complementary error function exp(x²) erfc(x) for x >= 0; relative error about 1e-13.
 *
 * @see NIST Digital Library of Mathematical Functions, (7.6.2) and (7.9.3)
 */
export const erfcx = (x: number): number => {
  if (x < LARGE) {
    let term = x
    let sum = x
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return Math.exp(x * x) - (2 / Math.sqrt(Math.PI)) * sum
  }
  // The fraction's error after n terms falls like exp(-2x √(2n)).
  let tail = x
  for (let n = Math.ceil(162 / (x * x)) + 5; n >= 1; n--) tail = x + n / 2 / tail
  return 1 / (Math.sqrt(Math.PI) * tail)
}
