import {
  add,
  constant,
  digamma,
  div,
  less,
  log,
  logGamma,
  maximum,
  minimum,
  mul,
  square,
  sub,
  type Tensor,
  where,
} from '@diffeo/autodiff'

// Differences of log Γ and of its derivative over half a step. Far out both terms are huge and nearly equal; there the
// asymptotic series of the difference itself is exact to the last digits (Tricomi & Erdélyi 1951, The asymptotic
// expansion of a ratio of gamma functions).

/** From here on the series, to the power given below, is exact to 1e-15. */
const FAR = 10

/** Coefficients of a^-1, a^-3, … a^-13 in log Γ(a + 1/2) - log Γ(a) - 1/2 log a. */
const SERIES = [-1 / 8, 1 / 192, -1 / 640, 17 / 14336, -31 / 18432, 691 / 180224, -5461 / 425984] as const

/** Σ c_k a^-(2k + 1). */
const oddSeries = (coefficients: readonly number[], a: Tensor): Tensor => {
  const inverse = div(1, a)
  const squared = square(inverse)
  return mul(
    inverse,
    coefficients.reduceRight<Tensor>((total, c) => add(mul(total, squared), c), constant(0)),
  )
}

const nearOrFar = (a: Tensor, near: (a: Tensor) => Tensor, far: (a: Tensor) => Tensor): Tensor =>
  where(less(a, FAR), near(minimum(a, FAR)), far(maximum(a, FAR)))

/** log Γ(a + 1/2) - log Γ(a), a > 0. */
export const logGammaHalfStep = (a: Tensor): Tensor =>
  nearOrFar(
    a,
    (few) => sub(logGamma(add(few, 0.5)), logGamma(few)),
    (many) => add(mul(0.5, log(many)), oddSeries(SERIES, many)),
  )

/** ψ(a + 1/2) - ψ(a), a > 0: its derivative. */
export const digammaHalfStep = (a: Tensor): Tensor =>
  nearOrFar(
    a,
    (few) => sub(digamma(add(few, 0.5)), digamma(few)),
    (many) => {
      const slopes = SERIES.map((c, k) => -(2 * k + 1) * c)
      return add(div(0.5, many), div(oddSeries(slopes, many), many))
    },
  )
