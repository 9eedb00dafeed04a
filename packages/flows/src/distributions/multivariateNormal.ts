import {
  add,
  constant,
  exp,
  expandDims,
  iota,
  matmul,
  mul,
  random,
  reshape,
  scatterAdd,
  square,
  sub,
  sum,
  type Tensor,
  triangularSolve,
  zeros,
} from '@diffeo/autodiff'
import { assembleDistribution, type Distribution } from '../distribution.ts'
import { type Real, real } from '../domain.ts'
import { mistake } from '../mistake.ts'
import { parameter } from '../parameters.ts'
import { distributionKind, numberIn } from './kinds.ts'
import { LOG_2_PI } from './normalising.ts'

/** A type, not an interface, so that it is a tree of tensors. */
export type MultivariateNormalParams = {
  /** `[d]` */
  readonly mean: Tensor
  /** `[d]`: logarithms of the diagonal of the Cholesky factor. */
  readonly logDiagonal: Tensor
  /** `[d (d - 1) / 2]`: its entries below the diagonal, row by row. */
  readonly below: Tensor
}

/**
 * Normal with a trained mean and a trained covariance L Lᵀ, L lower triangular with a positive diagonal; standard at the
 * start. Every covariance of full rank has exactly one such L.
 *
 * log p(x) = -1/2 |L⁻¹ (x - mean)|² - Σ logDiagonal - d/2 log 2π.
 * @throws when d is not a positive whole number
 */
export const multivariateNormal = (d: number): Distribution<Real, MultivariateNormalParams> => {
  if (!(Number.isInteger(d) && d > 0))
    mistake(`multivariateNormal: the dimension is a positive whole number, got ${d}.`)
  const places = belowDiagonal(d)
  const factor = ({ logDiagonal, below }: MultivariateNormalParams): Tensor => {
    const diagonal = scatterAdd(zeros([d * d]), mul(iota(d), constant(d + 1, [], 'int')), exp(logDiagonal))
    return reshape(scatterAdd(diagonal, constant(places, [places.length], 'int'), below), [d, d])
  }
  return assembleDistribution<MultivariateNormalParams, Real>({
    spec: { kind: 'multivariateNormal', options: { d }, parts: [] },
    domain: real(d),
    parameters: {
      mean: parameter(d, { kind: 'zeros' }),
      logDiagonal: parameter(d, { kind: 'zeros' }),
      below: parameter(places.length, { kind: 'zeros' }),
    },
    logProb: (params, x) => {
      const z = triangularSolve(factor(params), sub(x, params.mean))
      return sub((-d / 2) * LOG_2_PI, add(mul(0.5, sum(square(z))), sum(params.logDiagonal)))
    },
    sample: (params, key) =>
      add(params.mean, reshape(matmul(factor(params), expandDims(random.normal(key, [d]), 1)), [d])),
    entropy: ({ logDiagonal }) => add((d / 2) * (LOG_2_PI + 1), sum(logDiagonal)),
  })
}

/** Places of the entries below the diagonal of a `[d, d]` matrix, row by row. */
const belowDiagonal = (d: number): Int32Array =>
  Int32Array.from(Array.from({ length: d }, (_, i) => Array.from({ length: i }, (_, j) => i * d + j)).flat())

export const multivariateNormalKind = distributionKind('multivariateNormal', (options) =>
  multivariateNormal(numberIn(options, 'd')),
)
