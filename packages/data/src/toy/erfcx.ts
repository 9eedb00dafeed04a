/** From here on the continued fraction is shorter than the series, which would lose digits. */
const SERIES = 2
/** Below, values come from Taylor polynomials around the middles of steps of this length. */
const TABLE = 8
const STEP = 1 / 16
/** Terms of each polynomial: the next one is below 1e-17 of the value. */
const TERMS = 10

/** By the series of erf, NIST DLMF (7.6.2): all its terms are positive, and the difference loses two digits at x = 2. */
const bySeries = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return Math.exp(x * x) - (2 / Math.sqrt(Math.PI)) * sum
}

/** By the continued fraction NIST DLMF (7.9.3), whose error after n terms falls like exp(-2x √(2n)). */
const byFraction = (x: number): number => {
  let tail = x
  for (let n = Math.ceil(162 / (x * x)) + 5; n >= 1; n--) tail = x + n / 2 / tail
  return 1 / (Math.sqrt(Math.PI) * tail)
}

/** Taylor coefficients around each middle, from y' = 2xy - 2/√π: (n + 1) c[n+1] = 2x c[n] + 2 c[n-1]. */
const tabulate = (): Float64Array => {
  const coefficients = new Float64Array((TABLE / STEP) * TERMS)
  for (let k = 0; k < TABLE / STEP; k++) {
    const x = (k + 0.5) * STEP
    const c = coefficients.subarray(k * TERMS, (k + 1) * TERMS)
    c[0] = x < SERIES ? bySeries(x) : byFraction(x)
    c[1] = 2 * x * c[0] - 2 / Math.sqrt(Math.PI)
    for (let n = 1; n + 1 < TERMS; n++) c[n + 1] = (2 * x * c[n]! + 2 * c[n - 1]!) / (n + 1)
  }
  return coefficients
}
let table: Float64Array | undefined

/** The scaled complementary error function exp(x²) erfc(x) for x >= 0; relative error about 1e-13. */
export const erfcx = (x: number): number => {
  if (x >= TABLE) return byFraction(x)
  table ??= tabulate()
  const k = Math.floor(x / STEP)
  const h = x - (k + 0.5) * STEP
  let value = table[k * TERMS + TERMS - 1]!
  for (let n = TERMS - 2; n >= 0; n--) value = value * h + table[k * TERMS + n]!
  return value
}
