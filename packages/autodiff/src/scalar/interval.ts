/**
 * A closed interval of the extended reals, `[lower, upper]`. Bounds are rounded outward, so the true range, and what
 * float64 makes of it, lie inside. An infinite bound says that there is no bound; it is not itself a value.
 */
export type Interval = readonly [lower: number, upper: number]

export const REAL: Interval = [-Infinity, Infinity]
export const POSITIVE: Interval = [Number.MIN_VALUE, Infinity]
export const BOOLEAN: Interval = [0, 1]

// Questions ------------------------------------------------------------------------------------------------------

export const contains = (a: Interval, x: number): boolean => a[0] <= x && x <= a[1]

/** Whether all of `inner` lies in `a`. */
export const encloses = (a: Interval, inner: Interval): boolean => a[0] <= inner[0] && inner[1] <= a[1]

/** The length, rounded up; Infinity without a bound on either side. */
export const width = (a: Interval): number => sub([a[1], a[1]], [a[0], a[0]])[1]

/** Whether every value is finite. */
export const isBounded = (a: Interval): boolean => Number.isFinite(a[0]) && Number.isFinite(a[1])

// Sets -----------------------------------------------------------------------------------------------------------

/** The smallest interval that holds both. */
export const hull = (a: Interval, b: Interval): Interval => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]

/** What is left of `a` inside `to`; the nearest end of `to` where nothing is. */
export const clip = (a: Interval, to: Interval): Interval => [clamp(a[0], to), clamp(a[1], to)]

// Functions ------------------------------------------------------------------------------------------------------

type Range = (a: Interval) => Interval

/**
 * The range of a function that never falls, from its values at the bounds, which may be off by four units in the last
 * place. `image` is where all its values lie: rounding outward stops there. A bound at which it is NaN gives none.
 */
export const increasing =
  (f: (x: number) => number, image: Interval = REAL): Range =>
  (a) =>
    clip(bounds(down(f(a[0]), FUNCTION_UNITS), up(f(a[1]), FUNCTION_UNITS)), image)

/** The same of a function that never rises. */
export const decreasing =
  (f: (x: number) => number, image: Interval = REAL): Range =>
  (a) =>
    increasing(f, image)([a[1], a[0]])

/** The same of a function of |x| that never falls with it. */
export const even =
  (f: (x: number) => number, image: Interval = REAL): Range =>
  (a) =>
    increasing(f, image)(abs(a))

// Arithmetic -----------------------------------------------------------------------------------------------------

export const neg = (a: Interval): Interval => [-a[1], -a[0]]

export const add = (a: Interval, b: Interval): Interval =>
  bounds(sumRounded(a[0], b[0], down), sumRounded(a[1], b[1], up))

export const sub = (a: Interval, b: Interval): Interval => add(a, neg(b))

export const mul = (a: Interval, b: Interval): Interval => [
  Math.min(...corners(a, b, (x, y) => productRounded(x, y, down))),
  Math.max(...corners(a, b, (x, y) => productRounded(x, y, up))),
]

/** The values of a/b for b other than 0. So an interval that only touches 0 keeps the sign. */
export const div = (a: Interval, b: Interval): Interval => {
  if ((b[0] < 0 && b[1] > 0) || (b[0] === 0 && b[1] === 0)) return REAL
  if (b[0] < 0) return div(neg(a), neg(b))
  return [
    Math.min(...corners(a, b, (x, y) => quotientRounded(x, y, down))),
    Math.max(...corners(a, b, (x, y) => quotientRounded(x, y, up))),
  ]
}

export const abs = (a: Interval): Interval => (a[0] >= 0 ? a : a[1] <= 0 ? neg(a) : [0, Math.max(-a[0], a[1])])

export const minimum = (a: Interval, b: Interval): Interval => [Math.min(a[0], b[0]), Math.min(a[1], b[1])]

export const maximum = (a: Interval, b: Interval): Interval => [Math.max(a[0], b[0]), Math.max(a[1], b[1])]

// Outward rounding -----------------------------------------------------------------------------------------------

const FUNCTION_UNITS = 4

type Rounding = (x: number, units?: number) => number

/**
 * A number at least `units` units in the last place below x. Never across 0: a rounded result has the sign of the exact
 * one, so 0 stands for itself or something positive and stays, and -0 goes down. Infinity here is an overflow.
 */
const down: Rounding = (x, units = 1) => {
  if (x === Infinity) return Number.MAX_VALUE
  const lower = x - units * Math.max(Math.abs(x) * Number.EPSILON, Number.MIN_VALUE)
  return x > 0 || Object.is(x, 0) ? Math.max(0, lower) : lower
}
const up: Rounding = (x, units) => -down(-x, units)

/** x + y, rounded only where it is inexact: Knuth's two-sum gives the error of the addition. */
const sumRounded = (x: number, y: number, round: Rounding): number => {
  const sum = x + y
  const partOfY = sum - x
  const error = x - (sum - partOfY) + (y - partOfY)
  return error === 0 ? sum : round(sum)
}

/** 0 times a missing bound is 0: every value there is is finite. */
const productRounded = (x: number, y: number, round: Rounding): number => {
  if (x === 0 || y === 0) return 0
  return Math.abs(x) === 1 || Math.abs(y) === 1 ? x * y : round(x * y)
}

/** x / y for y >= 0. At y = 0 and beyond every bound it is the limit, from inside b, of what y does to x. */
const quotientRounded = (x: number, y: number, round: Rounding): number => {
  if (x === 0 || y === Infinity) return 0
  return y === 0 || y === 1 ? x / Math.abs(y) : round(x / y)
}

const corners = (a: Interval, b: Interval, f: (x: number, y: number) => number): readonly number[] => [
  f(a[0], b[0]),
  f(a[0], b[1]),
  f(a[1], b[0]),
  f(a[1], b[1]),
]

const bounds = (lower: number, upper: number): Interval => [
  Number.isNaN(lower) ? -Infinity : lower,
  Number.isNaN(upper) ? Infinity : upper,
]

const clamp = (x: number, [lower, upper]: Interval): number => Math.min(Math.max(x, lower), upper)
