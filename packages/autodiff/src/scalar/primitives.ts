import type { ScalarFunction } from './expression.ts'
import * as I from './interval.ts'
import { primitive } from './row.ts'
import { digamma as digammaOf } from './special/digamma.ts'
import { erf as erfOf } from './special/erf.ts'
import { erfInverse as erfInverseOf } from './special/erfInverse.ts'
import { logGamma as logGammaOf } from './special/logGamma.ts'
import { trigamma as trigammaOf } from './special/trigamma.ts'

const UNIT: I.Interval = [-1, 1]

// ---- arithmetic

export const add: ScalarFunction = primitive({
  name: 'add',
  arity: 2,
  signature: 'arithmetic',
  eval: (a, b) => a + b,
  integer: (a, b) => (a + b) | 0,
  derivative: () => [1, 1],
  range: I.add,
  error: { ulp: 0.5 },
  undo: [
    { inverse: (_a, b, y) => sub(y, b), logSlope: () => zero },
    { inverse: (a, _b, y) => sub(y, a), logSlope: () => zero },
  ],
})

export const sub: ScalarFunction = primitive({
  name: 'sub',
  arity: 2,
  signature: 'arithmetic',
  eval: (a, b) => a - b,
  integer: (a, b) => (a - b) | 0,
  derivative: () => [1, -1],
  range: I.sub,
  error: { ulp: 0.5 },
  undo: [
    { inverse: (_a, b, y) => add(y, b), logSlope: () => zero },
    { inverse: (a, _b, y) => sub(a, y), logSlope: () => zero },
  ],
})

export const mul: ScalarFunction = primitive({
  name: 'mul',
  arity: 2,
  signature: 'arithmetic',
  eval: (a, b) => a * b,
  integer: Math.imul,
  derivative: (a, b) => [b, a],
  range: I.mul,
  error: { ulp: 0.5 },
  undo: [
    { inverse: (_a, b, y) => div(y, b), logSlope: (_a, b) => log(abs(b)) },
    { inverse: (a, _b, y) => div(y, a), logSlope: (a) => log(abs(a)) },
  ],
})

export const div: ScalarFunction = primitive({
  name: 'div',
  arity: 2,
  eval: (a, b) => a / b,
  derivative: (_a, b, y) => [div(1, b), neg(div(y, b))],
  range: I.div,
  error: { ulp: 0.5 },
  undo: [
    { inverse: (_a, b, y) => mul(y, b), logSlope: (_a, b) => neg(log(abs(b))) },
    { inverse: (a, _b, y) => div(a, y), logSlope: (a, b) => sub(log(abs(a)), mul(2, log(abs(b)))), on: I.POSITIVE },
  ],
})

export const neg: ScalarFunction = primitive({
  name: 'neg',
  signature: 'arithmetic',
  eval: (x) => -x,
  integer: (x) => -x | 0,
  derivative: () => -1,
  range: I.neg,
  error: { ulp: 0 },
  undo: { inverse: (_x, y) => neg(y), logSlope: () => zero },
})

export const abs: ScalarFunction = primitive({
  name: 'abs',
  signature: 'arithmetic',
  eval: Math.abs,
  integer: (x) => Math.abs(x) | 0,
  derivative: (x) => sign(x),
  range: I.abs,
  error: { ulp: 0 },
  undo: { inverse: (_x, y) => y, logSlope: () => zero, on: [0, Infinity] },
})

/** -1, 0 or 1. */
export const sign: ScalarFunction = primitive({
  name: 'sign',
  signature: 'arithmetic',
  eval: Math.sign,
  derivative: () => null,
  range: ([lower, upper]) => [Math.sign(lower), Math.sign(upper)],
  error: { ulp: 0 },
})

/** The larger; NaN if either is. At a tie the derivative goes to the first. */
export const maximum: ScalarFunction = primitive({
  name: 'maximum',
  arity: 2,
  signature: 'arithmetic',
  eval: (a, b) => Math.max(a, b),
  derivative: (a, b) => [where(less(a, b), 0, 1), where(less(a, b), 1, 0)],
  range: I.maximum,
  error: { ulp: 0 },
})

/** The smaller; NaN if either is. At a tie the derivative goes to the first. */
export const minimum: ScalarFunction = primitive({
  name: 'minimum',
  arity: 2,
  signature: 'arithmetic',
  eval: (a, b) => Math.min(a, b),
  derivative: (a, b) => [where(less(b, a), 0, 1), where(less(b, a), 1, 0)],
  range: I.minimum,
  error: { ulp: 0 },
})

/** The largest integer not above x, as a float. */
export const floor: ScalarFunction = primitive({
  name: 'floor',
  eval: Math.floor,
  derivative: () => null,
  range: ([lower, upper]) => [Math.floor(lower), Math.floor(upper)],
  error: { ulp: 0 },
})

// ---- exponentials, logarithms, powers

export const exp: ScalarFunction = primitive({
  name: 'exp',
  eval: Math.exp,
  derivative: (_x, y) => y,
  range: I.increasing(Math.exp),
  error: { ulp: 2 },
  undo: { inverse: (_x, y) => log(y), logSlope: (x) => x },
})

export const log: ScalarFunction = primitive({
  name: 'log',
  eval: Math.log,
  derivative: (x) => div(1, x),
  range: ([lower, upper]) => I.increasing(Math.log)([Math.max(0, lower), upper]),
  domain: I.POSITIVE,
  error: { ulp: 2 },
  undo: { inverse: (_x, y) => exp(y), logSlope: (_x, y) => neg(y), on: I.POSITIVE },
})

/** log(1 + x), exact near 0. */
export const log1p: ScalarFunction = primitive({
  name: 'log1p',
  eval: Math.log1p,
  derivative: (x) => div(1, add(1, x)),
  range: ([lower, upper]) => I.increasing(Math.log1p)([Math.max(-1, lower), upper]),
  domain: [-1, Infinity],
  error: { ulp: 5 },
  undo: { inverse: (_x, y) => expm1(y), logSlope: (_x, y) => neg(y), on: [-1, Infinity] },
})

/** e^x - 1, exact near 0. */
export const expm1: ScalarFunction = primitive({
  name: 'expm1',
  eval: Math.expm1,
  // Not y + 1: at x far below 0 that is 0 where the derivative is e^x.
  derivative: (x) => exp(x),
  range: I.increasing(Math.expm1),
  error: { ulp: 5 },
  undo: { inverse: (_x, y) => log1p(y), logSlope: (x) => x },
})

export const sqrt: ScalarFunction = primitive({
  name: 'sqrt',
  eval: Math.sqrt,
  derivative: (_x, y) => div(0.5, y),
  range: ([lower, upper]) => I.increasing(Math.sqrt)([Math.max(0, lower), upper]),
  domain: [0, Infinity],
  error: { ulp: 0.5 },
  undo: { inverse: (_x, y) => mul(y, y), logSlope: (_x, y) => neg(log(mul(2, y))), on: [0, Infinity] },
})

/** a^b for a >= 0, or any a with an integer b. */
export const power: ScalarFunction = primitive({
  name: 'power',
  arity: 2,
  eval: (a, b) => a ** b,
  derivative: (a, b, y) => [mul(b, power(a, sub(b, 1))), where(less(0, a), mul(y, log(where(less(0, a), a, 1))), 0)],
  range: (a, b) =>
    a[0] > 0
      ? I.increasing(Math.exp)(I.mul(b, I.increasing(Math.log)(a)))
      : a[0] >= 0 && b[0] > 0
        ? [0, Math.max(a[1] ** b[0], a[1] ** b[1])]
        : I.REAL,
  domain: [[0, Infinity], I.REAL],
  error: { ulp: 16 },
  undo: [
    {
      inverse: (_a, b, y) => power(y, div(1, b)),
      logSlope: (a, b) => add(log(abs(b)), mul(sub(b, 1), log(a))),
      on: I.POSITIVE,
    },
    { inverse: (a, _b, y) => div(log(y), log(a)), logSlope: (a, _b, y) => add(log(y), log(abs(log(a)))) },
  ],
})

// ---- trigonometric

export const sin: ScalarFunction = primitive({
  name: 'sin',
  eval: Math.sin,
  derivative: (x) => cos(x),
  range: () => UNIT,
  error: { ulp: 2, absolute: 1e-7, on: [-1e4, 1e4] },
})

export const cos: ScalarFunction = primitive({
  name: 'cos',
  eval: Math.cos,
  derivative: (x) => neg(sin(x)),
  range: () => UNIT,
  error: { ulp: 2, absolute: 1e-7, on: [-1e4, 1e4] },
})

/** The angle in (-π/2, π/2) whose tangent is x. */
export const atan: ScalarFunction = primitive({
  name: 'atan',
  eval: Math.atan,
  derivative: (x) => div(1, add(1, mul(x, x))),
  range: I.increasing(Math.atan),
  error: { ulp: 3 },
  undo: {
    inverse: (_x, y) => div(sin(y), cos(y)),
    // Beyond 1 through 1/x, so that x² does not overflow.
    logSlope: (x) => {
      const size = abs(x)
      const far = maximum(size, 1)
      const near = minimum(size, 1)
      return neg(add(mul(2, log(far)), log1p(mul(div(near, far), div(near, far)))))
    },
  },
})

// ---- special functions

/** The error function, 2/√π ∫₀ˣ e^(-t²) dt. */
export const erf: ScalarFunction = primitive({
  name: 'erf',
  eval: erfOf,
  derivative: (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))),
  range: I.increasing(erfOf),
  error: { ulp: 4 },
  undo: {
    inverse: (_x, y) => erfInverse(y),
    logSlope: (x) => sub(Math.log(2 / Math.sqrt(Math.PI)), mul(x, x)),
  },
})

export const erfInverse: ScalarFunction = primitive({
  name: 'erfInverse',
  eval: erfInverseOf,
  derivative: (_x, y) => mul(Math.sqrt(Math.PI) / 2, exp(mul(y, y))),
  range: ([lower, upper]) => I.increasing(erfInverseOf)([Math.max(-1, lower), Math.min(1, upper)]),
  domain: UNIT,
  error: { ulp: 8 },
  undo: {
    inverse: (_x, y) => erf(y),
    logSlope: (_x, y) => add(Math.log(Math.sqrt(Math.PI) / 2), mul(y, y)),
    on: UNIT,
  },
})

/** log|Γ(x)|. */
export const logGamma: ScalarFunction = primitive({
  name: 'logGamma',
  eval: logGammaOf,
  derivative: (x) => digamma(x),
  range: () => I.REAL,
  domain: I.POSITIVE,
  // Absolute near its zeros at 1 and 2.
  error: { ulp: 8, absolute: 1e-6 },
})

/** d/dx log Γ(x). */
export const digamma: ScalarFunction = primitive({
  name: 'digamma',
  eval: digammaOf,
  derivative: (x) => trigamma(x),
  range: () => I.REAL,
  domain: I.POSITIVE,
  // Absolute near its zero at 1.4616.
  error: { ulp: 8, absolute: 1e-6 },
})

/** d²/dx² log Γ(x); the last of its kind: it has no derivative here. */
export const trigamma: ScalarFunction = primitive({
  name: 'trigamma',
  eval: trigammaOf,
  derivative: () => null,
  range: () => [0, Infinity],
  domain: I.POSITIVE,
  error: { ulp: 8 },
})

// ---- comparisons, logic, choice

export const less: ScalarFunction = primitive({
  name: 'less',
  arity: 2,
  signature: 'predicate',
  eval: (a, b) => (a < b ? 1 : 0),
  derivative: () => [null, null],
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const lessEqual: ScalarFunction = primitive({
  name: 'lessEqual',
  arity: 2,
  signature: 'predicate',
  eval: (a, b) => (a <= b ? 1 : 0),
  derivative: () => [null, null],
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const equal: ScalarFunction = primitive({
  name: 'equal',
  arity: 2,
  signature: 'predicate',
  eval: (a, b) => (a === b ? 1 : 0),
  derivative: () => [null, null],
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const finite: ScalarFunction = primitive({
  name: 'finite',
  signature: 'predicate',
  eval: (x) => (Number.isFinite(x) ? 1 : 0),
  derivative: () => null,
  range: () => I.BOOLEAN,
  error: { ulp: 0 },
})

export const not: ScalarFunction = primitive({
  name: 'not',
  signature: 'logical',
  eval: (a) => (a ? 0 : 1),
  derivative: () => null,
  range: () => I.BOOLEAN,
  domain: I.BOOLEAN,
  error: { ulp: 0 },
})

export const and: ScalarFunction = primitive({
  name: 'and',
  arity: 2,
  signature: 'logical',
  eval: (a, b) => (a && b ? 1 : 0),
  derivative: () => [null, null],
  range: () => I.BOOLEAN,
  domain: [I.BOOLEAN, I.BOOLEAN],
  error: { ulp: 0 },
})

export const or: ScalarFunction = primitive({
  name: 'or',
  arity: 2,
  signature: 'logical',
  eval: (a, b) => (a || b ? 1 : 0),
  derivative: () => [null, null],
  range: () => I.BOOLEAN,
  domain: [I.BOOLEAN, I.BOOLEAN],
  error: { ulp: 0 },
})

/** `yes` where the condition holds, else `no`; the value not chosen may be anything, NaN too. */
export const where: ScalarFunction = primitive({
  name: 'where',
  arity: 3,
  signature: 'select',
  eval: (condition, yes, no) => (condition ? yes : no),
  derivative: (condition) => [null, where(condition, 1, 0), where(condition, 0, 1)],
  range: (_condition, yes, no) => I.hull(yes, no),
  domain: [I.BOOLEAN, I.REAL, I.REAL],
  error: { ulp: 0 },
})

const zero = { kind: 'constant', value: 0 } as const
