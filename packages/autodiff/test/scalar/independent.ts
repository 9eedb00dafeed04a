import { erfc } from '../../src/scalar/special/erf.ts'

/** Derived functions written otherwise than in their rows, in float64 and by ranges where no one form is exact. */
export const independent: Readonly<Record<string, (...x: number[]) => number>> = {
  sigmoid: (x = 0) => (x < -30 ? Math.exp(x) : x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  // Near 1/2 the two logarithms cancel, near 0 the difference from it is rounded.
  logit: (p = 0) => (p > 0.25 && p < 0.75 ? 2 * Math.atanh(2 * p - 1) : Math.log(p) - Math.log1p(-p)),
  softplus: (x = 0) =>
    x < -30 ? Math.exp(x) : x > 40 ? x : x > 1 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)),
  softplusInverse: (y = 0) => (y > 40 ? y : y > 1 ? y + Math.log1p(-Math.exp(-y)) : Math.log(Math.expm1(y))),
  tanh: Math.tanh,
  atanh: Math.atanh,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  asinhSlope: (x = 0) => 1 / Math.hypot(1, x),
  tan: Math.tan,
  relu: (x = 0) => (x + Math.abs(x)) / 2,
  gelu: (x = 0) => (x / 2) * erfc(-x / Math.SQRT2),
  silu: (x = 0) => (x < -30 ? x * Math.exp(x) : x / (1 + Math.exp(-x))),
  square: (x = 0) => x ** 2,
  clamp: (x = 0, lower = 0, upper = 0) => (upper < lower ? upper : [x, lower, upper].sort((a, b) => a - b)[1]!),
  greater: (a = 0, b = 0) => Number(a > b),
  greaterEqual: (a = 0, b = 0) => Number(a >= b),
  notEqual: (a = 0, b = 0) => Number(a !== b),
}
