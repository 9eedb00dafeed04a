import {
  add,
  atan,
  constant,
  cos,
  div,
  type Example,
  erf,
  erfInverse,
  exp,
  grad,
  jacobian,
  less,
  log,
  log1p,
  logAbsDet,
  minimum,
  mul,
  neg,
  power,
  random,
  reshape,
  sin,
  softplus,
  sqrt,
  square,
  stack,
  sub,
  sum,
  take,
  tanh,
  where,
} from '@diffeo/autodiff'
import { type Bijector, define } from '../../src/bijector.ts'
import { type Distribution, defineDistribution } from '../../src/distribution.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Real, real } from '../../src/domain.ts'
import { type Flow, over } from '../../src/flow.ts'
import type { Trained } from '../../src/theory/uniqueness.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { normals } from '../draws.ts'

// Flows without parameters that have one density exactly, each found in its own way. Their log-determinants are those of
// their Jacobians by automatic differentiation, so that a density that agrees is no circle.

/** z = f(x), made a flow over a base; nothing asks for the way back. */
export const flow = (
  name: string,
  d: number,
  f: (x: Example) => Example,
  base: unknown = standardNormal(d),
): Trained => {
  const bijector: Bijector<Real, Real> = define({
    spec: { kind: name, options: null, parts: [] },
    domain: real(d),
    codomain: real(d),
    parameters: {},
    forward: (_, x) => ({ value: f(x), logDet: logAbsDet(reshape(jacobian(f)(x), [d, d])) }),
    inverse: () => {
      throw new Error(`${name}: only the way to the latents is known`)
    },
  })
  return [over(base as Distribution<Real>)(bijector) as unknown as Flow, { bijector: {}, base: {} }]
}

const at = (x: Example, i: number): Example => take(x, 0, i)
/** Φ and Φ⁻¹; the latter of 2 p - 1. */
const normalBelow = (z: Example): Example => mul(0.5, add(1, erf(mul(Math.SQRT1_2, z))))
const normalQuantile = (twicePMinusOne: Example): Example => mul(Math.SQRT2, erfInverse(twicePMinusOne))
const normalDensity = (z: Example): Example => mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square(z))))

export const table = (rows: number, d: number, at: (i: number) => readonly number[]): Dataset => ({
  columns: Array.from({ length: d }, (_, j) => `x${j}`),
  rows,
  data: Float64Array.from(Array.from({ length: rows }, (_, i) => at(i)).flat()),
})

// A banana: x₁ normal, x₂ = x₁² + NOISE · normal.

const NOISE = 0.4

export const banana = (rows: number): Dataset => {
  const { data: z } = normals(31, [rows, 2])
  return table(rows, 2, (i) => [z[2 * i]!, z[2 * i]! ** 2 + NOISE * z[2 * i + 1]!])
}

export const bananaForwards = flow('bananaForwards', 2, (x) =>
  stack([at(x, 0), div(sub(at(x, 1), square(at(x, 0))), NOISE)]),
)

/** Trapezoidal nodes over the whole line: the integrands are analytic and vanish at ±9. */
const STEP = 0.05
const line = constant(Array.from({ length: 361 }, (_, i) => STEP * (i - 180)))
/** ∫ f over (0, 1), by t = (1 + tanh(π/2 sinh u)) / 2 (Takahasi & Mori 1974). */
const FINE = 0.02
const us = Array.from({ length: 321 }, (_, i) => FINE * (i - 160))
const unit = constant(us.map((u) => 1 / (1 + Math.exp(-Math.PI * Math.sinh(u)))))
const unitWeights = constant(
  us.map((u) => (FINE * Math.PI * Math.cosh(u)) / (2 + 2 * Math.cosh(Math.PI * Math.sinh(u)))),
)

/** p(a, b) at first coordinates a and a second one. */
const bananaDensity = (a: Example, second: Example): Example =>
  mul(normalDensity(a), div(normalDensity(div(sub(second, square(a)), NOISE)), NOISE))

export const bananaBackwards = flow('bananaBackwards', 2, (x) => {
  const [first, second] = [at(x, 0), at(x, 1)]
  const below = mul(STEP, sum(mul(normalDensity(line), normalBelow(div(sub(second, square(line)), NOISE)))))
  const marginal = mul(STEP, sum(bananaDensity(line, second)))
  // The density is even in the first coordinate, so that half of it lies below 0.
  const fromMiddle = mul(first, sum(mul(unitWeights, bananaDensity(mul(first, unit), second))))
  return stack([normalQuantile(div(mul(2, fromMiddle), marginal)), normalQuantile(sub(mul(2, below), 1))])
})

// A bivariate t with two degrees of freedom, round about 0.

export const studentT2 = (rows: number): Dataset => {
  const { data: z } = normals(32, [rows, 4])
  // χ² of two degrees, halved, from two normals.
  return table(rows, 2, (i) => {
    const [a, b, c, d] = Array.from(z.slice(4 * i, 4 * i + 4)) as [number, number, number, number]
    const w = Math.sqrt((c * c + d * d) / 2)
    return [a / w, b / w]
  })
}

/** Radial, the gradient of a convex function: P(|x| > r) = (1 + r²/2)⁻¹ is e^(-R²/2) of the normal. */
export const brenierOfT = flow('brenierOfT', 2, (x) => {
  const squared = sum(square(x))
  return mul(x, sqrt(div(mul(2, log1p(mul(0.5, squared))), squared)))
})

/** x₁ by the distribution function of t₂, then x₂, scaled by x₁, by that of t₃. */
export const rosenblattOfT = flow('rosenblattOfT', 2, (x) => {
  const [first, second] = [at(x, 0), at(x, 1)]
  const scale = add(2, square(first))
  const s = div(second, sqrt(scale)) // t₃ / √3
  return stack([
    normalQuantile(div(first, sqrt(scale))),
    normalQuantile(mul(2 / Math.PI, add(div(s, add(1, square(s))), atan(s)))),
  ])
})

/** The density of the bivariate t, and of one coordinate alone. */
const densityOfT = (a: Example, b: Example): Example =>
  div(1 / (2 * Math.PI), square(add(1, mul(0.5, add(square(a), square(b))))))
const densityOfOne = (a: Example): Example => power(add(2, square(a)), -1.5)

/** The same triangular map without its closed forms: distribution functions by integrating densities, which are even. */
export const rosenblattByIntegrals = flow('rosenblattByIntegrals', 2, (x) => {
  const [first, second] = [at(x, 0), at(x, 1)]
  const below = mul(first, sum(mul(unitWeights, densityOfOne(mul(first, unit)))))
  const within = mul(second, sum(mul(unitWeights, densityOfT(first, mul(second, unit)))))
  return stack([normalQuantile(mul(2, below)), normalQuantile(div(mul(2, within), densityOfOne(first)))])
})

/** Brenier's map as what it is: the gradient of a convex potential, r ∫₀¹ R(r t) dt. */
export const brenierByPotential = flow(
  'brenierByPotential',
  2,
  grad((x: Example): Example => {
    const r = sqrt(sum(square(x)))
    return mul(r, sum(mul(unitWeights, sqrt(mul(2, log1p(mul(0.5, square(mul(r, unit)))))))))
  }),
)

// Two flows of the standard normal itself.

export const normalRows = (rows: number): Dataset => {
  const { data } = normals(33, [rows, 2])
  return table(rows, 2, (i) => [data[2 * i]!, data[2 * i + 1]!])
}

export const unmoved = flow('unmoved', 2, (x) => mul(x, 1))

/**
 * The normal's distribution function takes the plane to the unit square and the normal to the uniform; there, points turn
 * about the middle, the more the nearer they are to it, which keeps areas and so the uniform; and back.
 */
export const twisted = flow('twisted', 2, (x) => {
  const [u, v] = [sub(normalBelow(at(x, 0)), 0.5), sub(normalBelow(at(x, 1)), 0.5)]
  const r = mul(4, add(square(u), square(v)))
  const inside = minimum(r, 0.999)
  const angle = where(less(r, 0.999), mul(2, exp(sub(1, div(1, sub(1, inside))))), 0)
  const [c, s] = [cos(angle), sin(angle)]
  const turned = stack([sub(mul(c, u), mul(s, v)), add(mul(s, u), mul(c, v))])
  return normalQuantile(mul(2, turned))
})

// One coordinate.

/** Logs of exponential variables of mean 1: a base that is not symmetric. */
export const logExponential: Distribution<Real, Record<never, never>> = defineDistribution({
  spec: { kind: 'logExponential', options: null, parts: [] },
  domain: real(1),
  parameters: {},
  logProb: (_, z) => sum(sub(z, exp(z))),
  sample: (_, key) => log(neg(log(random.uniform(key, [1])))),
})

/** Logistic rows. */
export const logisticRows = (rows: number): Dataset => {
  const { data: z } = normals(34, [rows, 1])
  // The logit of Φ(z): a logistic variable, by an accurate complementary tail.
  const tail = (x: number): number => {
    // ∫ φ above x by Simpson; x is at most about 4.
    let total = 0
    for (let i = 0; i <= 2000; i++) {
      const t = x + (12 * i) / 2000
      total += Math.exp((-t * t) / 2) * (i === 0 || i === 2000 ? 1 : i % 2 === 1 ? 4 : 2)
    }
    return (total * 12) / 2000 / 3 / Math.sqrt(2 * Math.PI)
  }
  return table(rows, 1, (i) => [Math.log(tail(-z[i]!) / tail(z[i]!))])
}

export const logisticUp = flow('logisticUp', 1, (x) => log(softplus(x)), logExponential)
export const logisticDown = flow('logisticDown', 1, (x) => log(softplus(neg(x))), logExponential)
const towardsNormal = (x: Example): Example => normalQuantile(tanh(mul(0.5, x)))
export const normalUp = flow('normalUp', 1, towardsNormal)
export const normalDown = flow('normalDown', 1, (x) => towardsNormal(neg(x)))

/** States a determinant that is not its Jacobian's, so that its density is that of `unmoved` all the same. */
export const lying: Trained = [
  over(standardNormal(2))(
    define({
      spec: { kind: 'lying', options: null, parts: [] },
      domain: real(2),
      codomain: real(2),
      parameters: {},
      forward: (_, x) => {
        const value = mul(x, constant([1, 2]))
        return { value, logDet: mul(0.5, sub(sum(square(value)), sum(square(x)))) }
      },
      inverse: (_, z) => ({ value: z, logDet: constant(0) }),
    }),
  ) as unknown as Flow,
  { bijector: {}, base: {} },
]
