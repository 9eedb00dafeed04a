import {
  add,
  cholesky,
  constant,
  div,
  type Example,
  erf,
  erfInverse,
  exp,
  expandDims,
  log,
  logit,
  matmul,
  mul,
  neg,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  transpose,
  triangularSolve,
} from '@diffeo/autodiff'
import {
  andThen,
  type Bijector,
  define,
  elementwise,
  type Flow,
  householder,
  invert,
  luLinear,
  over,
  parameter,
  real,
  scalar,
  sigmoid as sigmoidMap,
  standardNormal,
  uniform,
} from '../../src/index.ts'
import type { Exact, ExactPair } from '../../src/laws/index.ts'

// Flows that are exact for a distribution in closed form, in several ways.

const D = 3

/** A normal distribution: its covariance is Q e^(2 logDeviation) Qᵀ, Q a product of reflections; and a rotation that it knows nothing of. */
interface Normal {
  readonly mean: Tensor
  readonly axes: Tensor
  readonly logDeviation: Tensor
  readonly rotation: Tensor
}
const declared = {
  mean: parameter(D, { kind: 'zeros' }),
  axes: parameter([D, D], { kind: 'normal', scale: 1 }),
  logDeviation: parameter(D, { kind: 'zeros' }),
  rotation: parameter([D, D], { kind: 'normal', scale: 1 }),
}

const places = Array.from({ length: D * D }, (_, e) => [Math.floor(e / D), e % D] as const)
const pattern = (f: (row: number, column: number) => number): Tensor =>
  constant(
    places.map(([row, column]) => f(row, column)),
    [D, D],
  )
const identity = pattern((row, column) => Number(row === column))
const diagonal = (matrix: Tensor): Tensor => sum(mul(matrix, identity), 1)

const reflections = (vectors: Tensor): Tensor =>
  Array.from({ length: D }, (_, k) => take(vectors, 0, k)).reduce<Tensor>((q, v) => {
    const twice = mul(v, div(2, sum(square(v))))
    return sub(q, mul(expandDims(twice, 1), expandDims(matmul(v, q), 0)))
  }, identity)

/** Q, and Q scaled by powers of the deviations: Q Dᵏ. */
const scaled = ({ axes, logDeviation }: Normal, power: number): readonly [Tensor, Tensor] => {
  const q = reflections(axes)
  return [q, mul(q, exp(mul(power, logDeviation)))]
}
const covariance = (n: Normal): Tensor => {
  const [, deviations] = scaled(n, 1)
  return matmul(deviations, transpose(deviations))
}
/** The symmetric root of the inverse covariance. */
const inverseRoot = (n: Normal): Tensor => {
  const [q, inverse] = scaled(n, -1)
  return matmul(inverse, transpose(q))
}

/** z = W (x - mean), with whatever W a normal distribution is whitened by. */
const whitening = (apply: (n: Normal, x: Example) => Example, logDet: (n: Normal) => Tensor): Exact<Normal> => ({
  flow: over(standardNormal(D))(
    define({
      spec: { kind: 'whitening', options: null, parts: [] },
      domain: real(D),
      codomain: real(D),
      parameters: declared,
      forward: (n, x) => ({ value: apply(n, sub(x, n.mean)), logDet: logDet(n) }),
      // By the principal axes whatever the map: only forward maps are compared, and draws are of one distribution anyway.
      inverse: (n, z) => ({ value: add(matmul(scaled(n, 1)[1], z), n.mean), logDet: neg(logDet(n)) }),
    }),
  ) as unknown as Flow,
  params: (n) => ({ bijector: n, base: {} }),
})

const minusLogDeviations = ({ logDeviation }: Normal): Tensor => neg(sum(logDeviation))

export const principal = whitening((n, x) => matmul(transpose(scaled(n, -1)[1]), x), minusLogDeviations)
export const symmetric = whitening((n, x) => matmul(inverseRoot(n), x), minusLogDeviations)
export const byCholesky = whitening(
  (n, x) => triangularSolve(cholesky(covariance(n)), x),
  (n) => neg(sum(log(diagonal(cholesky(covariance(n)))))),
)

/** A dense matrix W with factors L U, as `luLinear` packs them. */
const luOf = (lower: Tensor, upper: Tensor, n: Normal): unknown => ({
  factors: add(
    mul(
      lower,
      pattern((row, column) => Number(row > column)),
    ),
    add(
      mul(
        upper,
        pattern((row, column) => Number(row < column)),
      ),
      mul(identity, expandDims(log(diagonal(upper)), 1)),
    ),
  ),
  shift: neg(matmul(matmul(lower, upper), n.mean)),
})
const linear = (factors: (n: Normal) => readonly [Tensor, Tensor]): Exact<Normal> => ({
  flow: over(standardNormal(D))(luLinear(D)) as unknown as Flow,
  params: (n) => ({ bijector: luOf(...factors(n), n), base: {} }),
})

/** The symmetric root C Cᵀ as the product of a unit lower and an upper triangle. */
const factorsOfRoot = (n: Normal): readonly [Tensor, Tensor] => {
  const c = cholesky(inverseRoot(n))
  const pivots = diagonal(c)
  return [div(c, pivots), mul(expandDims(pivots, 1), transpose(c))]
}
export const symmetricByLu = linear(factorsOfRoot)
/** The inverse Cholesky factor, whose upper triangle is its diagonal alone. */
export const triangularByLu = linear((n) => {
  const inverse = triangularSolve(cholesky(covariance(n)), identity)
  return [div(inverse, diagonal(inverse)), mul(identity, diagonal(inverse))]
})
/** The root, then a random rotation. */
export const rotated: Exact<Normal> = {
  flow: over(standardNormal(D))(andThen(householder(D))(luLinear(D))) as unknown as Flow,
  params: (n) => ({ bijector: [luOf(...factorsOfRoot(n), n), { vectors: n.rotation }], base: {} }),
}
/** 1 % off in one deviation. */
export const notQuite: Exact<Normal> = {
  ...principal,
  params: (n) => ({ bijector: { ...n, logDeviation: add(n.logDeviation, constant([0, 0.01, 0])) }, base: {} }),
}

export const normalPair = (first: Exact<Normal>, second: Exact<Normal>): ExactPair =>
  ({ parameters: { tree: declared }, first, second }) as ExactPair

// One coordinate: logistic data.

const fixed = (flow: unknown): Exact => ({ flow: flow as Flow, params: () => ({ bijector: NOTHING, base: {} }) })
const NOTHING = {}

const logDensity = (x: Example): Example => sum(neg(add(softplus(x), softplus(neg(x)))))

/** The quantile of a normal at sigmoid x: √2 erfInverse(tanh(x / 2)). */
const normalQuantile = define({
  spec: { kind: 'normalQuantile', options: null, parts: [] },
  domain: real(1),
  codomain: real(1),
  parameters: {},
  forward: (_, x) => {
    const value = mul(Math.SQRT2, erfInverse(tanh(mul(0.5, x))))
    return {
      value,
      logDet: add(add(logDensity(x), mul(0.5, sum(square(value)))), 0.5 * Math.log(2 * Math.PI)),
    }
  },
  inverse: (_, z) => {
    const value = logit(mul(0.5, add(1, erf(div(z, Math.SQRT2)))))
    const logDet = sub(neg(mul(0.5, sum(square(z)))), add(logDensity(value), 0.5 * Math.log(2 * Math.PI)))
    return { value, logDet }
  },
})
/** The same, found by undoing a formula. */
const undone = invert(
  scalar((z) => logit(mul(0.5, add(1, erf(mul(Math.SQRT1_2, z))))), { shape: [1] }) as unknown as Bijector,
)

export const logisticToNormal = fixed(over(standardNormal(1))(normalQuantile))
export const logisticToNormalUndone = fixed(over(standardNormal(1))(undone as never))
export const logisticToUniform = fixed(over(uniform(1))(elementwise(sigmoidMap, 1)))
/** Backwards: still exact, no longer increasing. */
export const logisticToUniformBackwards = fixed(
  over(uniform(1))(
    define({
      spec: { kind: 'backwards', options: null, parts: [] },
      domain: real(1),
      codomain: { support: 'unitInterval', shape: [1] },
      parameters: {},
      forward: (_, x) => ({ value: sigmoid(neg(x)), logDet: logDensity(x) }),
      inverse: (_, z) => ({ value: neg(logit(z)), logDet: neg(logDensity(logit(z))) }),
    }),
  ),
)

export const fixedPair = (first: Exact, second: Exact): ExactPair => ({ parameters: { tree: {} }, first, second })
