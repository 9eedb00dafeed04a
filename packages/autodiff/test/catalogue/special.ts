// Special functions by formulas that need no cleverness: slow, and exact to a few units in the last place.

/** 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign. For |x| up to about 4. */
export const erf = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** The x whose erf is y, by halving an interval. */
export const erfInverse = (y: number): number => {
  let [low, high] = [-6, 6]
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (erf(middle) < y) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Moved up by log Γ(x) = log Γ(x + 1) - log x to where Stirling's series is exact. */
export const logGamma = (x: number): number => {
  if (x < 15) return logGamma(x + 1) - Math.log(x)
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / x ** 2) / x ** 2) / x ** 2) / x ** 2
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series / x
}

/** Moved up by ψ(x) = ψ(x + 1) - 1/x to where its asymptotic series is exact. */
export const digamma = (x: number): number => {
  if (x < 15) return digamma(x + 1) - 1 / x
  const series = 1 / 12 - (1 / 120 - (1 / 252 - (1 / 240 - 1 / 132 / x ** 2) / x ** 2) / x ** 2) / x ** 2
  return Math.log(x) - 1 / (2 * x) - series / x ** 2
}
