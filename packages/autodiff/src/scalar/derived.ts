import type { ScalarFunction } from './expression.ts'
import * as I from './interval.ts'
import { derived } from './lowering.ts'
import {
  abs,
  add,
  and,
  cos,
  div,
  equal,
  erf,
  exp,
  expm1,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  not,
  sign,
  sin,
  sqrt,
  sub,
  where,
} from './primitives.ts'

// ---- the logistic family

/** 1 / (1 + e^-x), without overflow on either side. */
export const sigmoid: ScalarFunction = derived({
  name: 'sigmoid',
  lower: (x) => {
    const tail = exp(neg(abs(x)))
    return div(where(less(x, 0), tail, 1), add(1, tail))
  },
  derivative: (x, y) => mul(y, sigmoid(neg(x))),
  range: I.increasing((x) => 1 / (1 + Math.exp(-x))),
  error: { ulp: 5 },
  undo: {
    inverse: (_x, y) => logit(y),
    logSlope: (x) => neg(add(softplus(neg(x)), softplus(x))),
  },
})

/** log(p / (1 - p)). */
export const logit: ScalarFunction = derived({
  name: 'logit',
  lower: (p) => sub(log(p), log1p(neg(p))),
  derivative: (p) => div(1, mul(p, sub(1, p))),
  range: (p) => I.increasing((x) => Math.log(x) - Math.log1p(-x))([Math.max(0, p[0]), Math.min(1, p[1])]),
  domain: [0, 1],
  // Absolute near its zero at 1/2.
  error: { ulp: 5, absolute: 2e-7 },
  undo: {
    inverse: (_p, y) => sigmoid(y),
    logSlope: (_p, y) => add(softplus(neg(y)), softplus(y)),
    on: [0, 1],
  },
})

/** log(1 + e^x), finite for every finite x. */
export const softplus: ScalarFunction = derived({
  name: 'softplus',
  lower: (x) => add(maximum(x, 0), log1p(exp(neg(abs(x))))),
  // Stated, not derived: `lower` has two kinks at 0 that cancel, and differentiating it would pick one side of each.
  derivative: (x) => sigmoid(x),
  range: I.increasing((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  error: { ulp: 5 },
  undo: {
    inverse: (_x, y) => softplusInverse(y),
    logSlope: (x) => neg(softplus(neg(x))),
  },
})

/** log(e^y - 1) = y + log(1 - e^-y), the x whose softplus is y. */
export const softplusInverse: ScalarFunction = derived({
  name: 'softplusInverse',
  lower: (y) => add(y, log(neg(expm1(neg(y))))),
  derivative: (y) => neg(div(1, expm1(neg(y)))),
  range: (y) => I.increasing((v) => v + Math.log(-Math.expm1(-v)))([Math.max(0, y[0]), y[1]]),
  domain: I.POSITIVE,
  // Absolute near its zero at log 2.
  error: { ulp: 5, absolute: 2e-7 },
  undo: {
    inverse: (_y, x) => softplus(x),
    logSlope: (_y, x) => softplus(neg(x)),
    on: I.POSITIVE,
  },
})

// ---- hyperbolic

export const tanh: ScalarFunction = derived({
  name: 'tanh',
  lower: (x) => {
    const t = expm1(mul(-2, abs(x)))
    return mul(sign(x), neg(div(t, add(2, t))))
  },
  derivative: (_x, y) => mul(sub(1, y), add(1, y)),
  range: I.increasing(Math.tanh),
  error: { ulp: 6 },
  undo: {
    inverse: (_x, y) => atanh(y),
    // log(1 - tanh²x) is -∞ in float32 from |x| ≈ 9 on; this form holds everywhere.
    logSlope: (x) => mul(2, sub(sub(Math.LN2, x), softplus(mul(-2, x)))),
  },
})

export const atanh: ScalarFunction = derived({
  name: 'atanh',
  lower: (x) => mul(0.5, sub(log1p(x), log1p(neg(x)))),
  derivative: (x) => div(1, mul(sub(1, x), add(1, x))),
  range: (x) => I.increasing(Math.atanh)([Math.max(-1, x[0]), Math.min(1, x[1])]),
  domain: [-1, 1],
  error: { ulp: 6 },
  undo: {
    inverse: (_x, y) => tanh(y),
    logSlope: (x) => neg(add(log1p(x), log1p(neg(x)))),
    on: [-1, 1],
  },
})

export const sinh: ScalarFunction = derived({
  name: 'sinh',
  // With t = e^|x| - 1: sinh|x| = (t + t/(t + 1))/2, exact near 0; far out e^x is squared from e^(x/2), so that it overflows no sooner than sinh.
  lower: (x) => {
    const size = abs(x)
    const t = expm1(minimum(size, 20))
    const half = exp(mul(0.5, size))
    return mul(sign(x), where(less(size, 20), mul(0.5, add(t, div(t, add(t, 1)))), mul(mul(0.5, half), half)))
  },
  derivative: (x) => cosh(x),
  range: I.increasing(Math.sinh),
  error: { ulp: 8 },
  undo: {
    inverse: (_x, y) => asinh(y),
    logSlope: (x) => sub(add(abs(x), log1p(exp(mul(-2, abs(x))))), Math.LN2),
  },
})

export const cosh: ScalarFunction = derived({
  name: 'cosh',
  lower: (x) => {
    const half = exp(mul(0.5, abs(x)))
    return add(mul(mul(0.5, half), half), mul(0.5, div(1, mul(half, half))))
  },
  derivative: (x) => sinh(x),
  range: (x) => I.increasing(Math.cosh)(I.abs(x)),
  error: { ulp: 8 },
})

export const asinh: ScalarFunction = derived({
  name: 'asinh',
  // log1p(|x| + x²/(1 + √(1 + x²))), exact near 0; beyond 1e9 the square is left out, since it could overflow.
  lower: (x) => {
    const size = abs(x)
    const s = minimum(size, 1e9)
    const near = log1p(add(s, div(mul(s, s), add(1, sqrt(add(1, mul(s, s)))))))
    return mul(sign(x), where(less(size, 1e9), near, add(log(maximum(size, 1)), Math.LN2)))
  },
  derivative: (x) => asinhSlope(x),
  range: I.increasing(Math.asinh),
  error: { ulp: 6 },
  undo: {
    inverse: (_x, y) => sinh(y),
    logSlope: (_x, y) => neg(sub(add(abs(y), log1p(exp(mul(-2, abs(y))))), Math.LN2)),
  },
})

/** 1/√(1 + x²), without overflow of the square: with r = min(|x|, 1/|x|) it is √(1 + r²) times max(|x|, 1) that divides. */
export const asinhSlope: ScalarFunction = derived({
  name: 'asinhSlope',
  lower: (x) => {
    const far = maximum(abs(x), 1)
    const ratio = div(minimum(abs(x), 1), far)
    return div(div(1, far), sqrt(add(1, mul(ratio, ratio))))
  },
  derivative: (x, y) => neg(mul(mul(x, y), mul(y, y))),
  range: () => [0, 1],
  error: { ulp: 5 },
})

// ---- trigonometric

export const tan: ScalarFunction = derived({
  name: 'tan',
  lower: (x) => div(sin(x), cos(x)),
  derivative: (_x, y) => add(1, mul(y, y)),
  range: () => I.REAL,
  error: { ulp: 6, absolute: 2e-7, on: [-1.5, 1.5] },
})

// ---- activations

export const relu: ScalarFunction = derived({
  name: 'relu',
  lower: (x) => maximum(x, 0),
  derivative: (x) => where(less(0, x), 1, 0),
  range: I.increasing((x) => Math.max(x, 0)),
  error: { ulp: 0 },
})

/** x Φ(x), Φ the standard normal distribution function (Hendrycks & Gimpel 2016, the exact form). */
export const gelu: ScalarFunction = derived({
  name: 'gelu',
  lower: (x) => mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2)))),
  range: (x) => [-0.17, Math.max(0, x[1])],
  error: { ulp: 8, absolute: 1e-6 },
})

/** x sigmoid(x). */
export const silu: ScalarFunction = derived({
  name: 'silu',
  lower: (x) => mul(x, sigmoid(x)),
  range: (x) => [-0.2785, Math.max(0, x[1])],
  error: { ulp: 8 },
})

export const square: ScalarFunction = derived({
  name: 'square',
  lower: (x) => mul(x, x),
  derivative: (x) => mul(2, x),
  range: (x) => I.mul(I.abs(x), I.abs(x)),
  error: { ulp: 0.5 },
  undo: { inverse: (_x, y) => sqrt(y), logSlope: (x) => log(mul(2, x)), on: I.POSITIVE },
})

/** x held between two bounds, the upper one where they cross; outside them the derivative in x is 0. */
export const clamp: ScalarFunction = derived({
  name: 'clamp',
  arity: 3,
  lower: (x, lower, upper) => minimum(maximum(x, lower), upper),
  derivative: (x, lower, upper) => [
    where(and(lessEqual(lower, x), lessEqual(x, upper)), 1, 0),
    where(and(less(x, lower), lessEqual(lower, upper)), 1, 0),
    where(less(upper, maximum(x, lower)), 1, 0),
  ],
  range: (x, lower, upper) => I.minimum(I.maximum(x, lower), upper),
  error: { ulp: 0 },
})

// ---- comparisons

export const greater: ScalarFunction = derived({
  name: 'greater',
  arity: 2,
  signature: 'predicate',
  lower: (a, b) => less(b, a),
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const greaterEqual: ScalarFunction = derived({
  name: 'greaterEqual',
  arity: 2,
  signature: 'predicate',
  lower: (a, b) => lessEqual(b, a),
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const notEqual: ScalarFunction = derived({
  name: 'notEqual',
  arity: 2,
  signature: 'predicate',
  lower: (a, b) => not(equal(a, b)),
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})
