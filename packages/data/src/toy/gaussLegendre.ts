/** Nodes on [-1, 1] and their weights, which add up to 2. */
export interface Rule {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/** P_n and its derivative at x, by the three-term recurrence. */
const legendre = (n: number, x: number): readonly [number, number] => {
  let [before, value] = [1, x]
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k]
  return [value, (n * (x * value - before)) / (x * x - 1)]
}

/** The Gauss-Legendre rule with n >= 2 nodes: exact for polynomials up to degree 2n - 1. Roots by Newton from Tricomi's estimate. */
export const gaussLegendre = (n: number): Rule => {
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    for (let round = 0; round < 8; round++) {
      const [value, slope] = legendre(n, x)
      x -= value / slope
    }
    const slope = legendre(n, x)[1]
    nodes[i] = x
    weights[i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}
