import {
  add,
  constant,
  div,
  type Example,
  exp,
  greater,
  atanh as inverseTanh,
  lanes,
  log,
  mul,
  neg,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  where,
  withDerivative,
} from '@diffeo/autodiff'
import { type Bijector, type Domain, define, openInterval, positive, real, type WithLogDet } from '../../src/index.ts'

// Bijectors that are wrong on purpose, one for each law: a law that they pass has proved nothing.

const map = (
  forward: (x: Example) => WithLogDet,
  inverse: (z: Example) => WithLogDet,
  domain: Domain = real(2),
  codomain: Domain = real(2),
): Bijector =>
  define({
    spec: { kind: 'wrong', options: null, parts: [] },
    domain,
    codomain,
    parameters: {},
    forward: (_, x) => forward(x),
    inverse: (_, z) => inverse(z),
  })

const twice = (logDet: number) => ({
  forward: (x: Example) => ({ value: add(mul(x, 2), 1), logDet: constant(logDet) }),
  inverse: (z: Example) => ({ value: div(sub(z, 1), 2), logDet: constant(-logDet) }),
})
const right = twice(2 * Math.LN2)

/** y = 2x + 1 and nothing wrong with it: what the others are compared with. */
export const correct = map(right.forward, right.inverse)

/** An inverse that is off by 1 in 10,000. */
export const inverseOff = map(right.forward, (z) => ({
  value: div(sub(z, 1), 2.0002),
  logDet: constant(-2 * Math.LN2),
}))

/** A numerical inverse whose log-determinant has the sign of the forward one. */
export const signLost = map(right.forward, (z) => ({ ...right.inverse(z), logDet: constant(2 * Math.LN2) }))

/** A log-determinant that was lost in a reshape: wrong in both directions alike, so that the two still cancel. */
export const logDetLost = map(twice(Math.LN2).forward, twice(Math.LN2).inverse)

/** Says that it maps into (-1, 1). */
export const outOfCodomain = map(
  (x) => ({ value: mul(1.1, tanh(x)), logDet: constant(0) }),
  (z) => ({ value: z, logDet: constant(0) }),
  real(2),
  openInterval(-1, 1, 2),
)

/** Says that it is defined on the positive numbers, and comes back with others. */
export const outOfDomain = map(
  (x) => ({ value: sub(x, 1), logDet: constant(0) }),
  (z) => ({ value: add(z, 1), logDet: constant(0) }),
  positive(2),
  real(2),
)

/** The identity, with a branch that is never shown and whose derivative is no number. */
export const nanGradient = map(
  (x) => ({ value: where(greater(x, 0), add(x, mul(0, sqrt(x))), x), logDet: constant(0) }),
  (z) => ({ value: z, logDet: constant(0) }),
)

/** 2x, one half of which is hidden from differentiation. */
export const hiddenDerivative = map(
  (x) => ({ value: add(x, stopGradient(x)), logDet: constant(2 * Math.LN2) }),
  (z) => ({ value: div(z, 2), logDet: constant(-2 * Math.LN2) }),
)

/** x, whose derivative is said to be 1.00001. */
export const slopeOff = map(
  (x) => ({ value: withDerivative(x, x, (dx: Example) => mul(1 + 1e-5, dx)), logDet: constant(0) }),
  (z) => ({ value: z, logDet: constant(0) }),
)

/** Subtracts the mean of the batch. */
export const examplesMeet = map(
  (x) => ({ value: sub(x, lanes.mean(x)), logDet: constant(0) }),
  (z) => ({ value: z, logDet: constant(0) }),
)

/** tanh with log(1 - tanh²x), which is -∞ in float32 from |x| ≈ 9 on. */
export const cancels = map(
  (x) => ({ value: tanh(x), logDet: sum(log(sub(1, square(tanh(x))))) }),
  (z) => ({ value: inverseTanh(z), logDet: neg(sum(log(sub(1, square(z))))) }),
  real(2),
  openInterval(-1, 1, 2),
)

/** y = x · e^scale, which forgets to save its scale. */
export const forgetful = (scale: number): Bijector =>
  define({
    spec: { kind: 'forgetful', options: null, parts: [] },
    domain: real(2),
    codomain: real(2),
    parameters: {},
    forward: (_, x) => ({ value: mul(x, exp(scale)), logDet: constant(2 * scale) }),
    inverse: (_, z) => ({ value: mul(z, exp(-scale)), logDet: constant(-2 * scale) }),
  })

/** y = x · factor, which says that each coordinate adds `logSlope` to the log-determinant. */
export const mapOf = (size: number, factor: number, logSlope: number): Bijector =>
  map(
    (x) => ({ value: mul(x, factor), logDet: constant(size * logSlope) }),
    (z) => ({ value: div(z, factor), logDet: constant(-size * logSlope) }),
    real(size),
    real(size),
  )

/** x / 2 without a log-determinant, as a leaf among others. */
export const shrinksSilently = (size: number): Bijector => mapOf(size, 0.5, 0)

/** x, with a stated derivative that takes the mean of the batch: transposed it gives other examples their share. */
export const derivativesMeet = map(
  (x) => ({ value: withDerivative(x, x, (dx: Example) => lanes.spread(lanes.mean(dx))), logDet: constant(0) }),
  (z) => ({ value: z, logDet: constant(0) }),
)
