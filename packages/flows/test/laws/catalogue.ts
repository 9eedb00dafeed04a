import { add, mul, sinh, tanh as tanhOf } from '@diffeo/autodiff'
import {
  actNorm,
  affine,
  affineTransform,
  alternating,
  andThen,
  autoregressive,
  type Bijector,
  choleskyLinear,
  concat,
  conditional,
  coupling,
  denseLinear,
  dynamicLinearCoupling,
  elementwise,
  exp,
  gradientOfConvex,
  householder,
  identity,
  invert,
  leakyTanh,
  lowRankWhitening,
  luLinear,
  maskedMlp,
  matrixExponential,
  mlp,
  permute,
  pipe,
  power,
  qrLinear,
  rationalQuadraticSpline,
  real,
  repeat,
  reshape,
  residual,
  sandwich,
  scalar,
  scale,
  shift,
  sigmoid,
  softclip,
  softplus,
  stack,
  standardise,
  svdLinear,
  tanh,
  unconditioned,
} from '../../src/index.ts'

export interface Entry {
  readonly name: string
  readonly bijector: Bijector
  /** Shape of the context. */
  readonly context?: readonly number[]
}

const entry = (name: string, bijector: unknown, context?: readonly number[]): Entry => ({
  name,
  bijector: bijector as Bijector,
  ...(context && { context }),
})

const net = mlp([8, 8], { activation: 'tanh' })
const masked = maskedMlp([9, 9], { activation: 'tanh' })
const spline = rationalQuadraticSpline({ bins: 5, tails: 3 })

/** Maps of one layer, each kind at least once; small, since a law asks for full Jacobians. */
export const single: readonly Entry[] = [
  entry('affine', affine(3)),
  entry('shift', shift(3)),
  entry('scale', scale(3)),
  entry('exp', elementwise(exp, 2)),
  entry('softplus', elementwise(softplus, 2)),
  entry('sigmoid', elementwise(sigmoid, 2)),
  entry('tanh', elementwise(tanh, 2)),
  entry('power 3', elementwise(power(3), 2)),
  entry('power -0.5', elementwise(power(-0.5), 2)),
  entry('leakyTanh', elementwise(leakyTanh(3), 2)),
  entry('softclip', elementwise(softclip(4), 2)),
  entry(
    'scalar by algebra',
    scalar((x) => add(mul(sinh(x), 0.5), 1), { shape: [2] }),
  ),
  entry(
    'scalar by search',
    scalar((x) => add(x, mul(0.5, tanhOf(x))), { shape: [2] }),
  ),
  entry('spline', unconditioned(spline, 3)),
  entry('actNorm', actNorm(3)),
  entry('standardise', standardise(3, { mean: [1, -2, 0.5], standardDeviation: [2, 0.1, 30] } as never)),
  entry('luLinear', luLinear(3, { seed: 1 })),
  entry('lowRankWhitening', lowRankWhitening(3, 1)),
  entry('luLinear of one', luLinear(1)),
  entry('householder', householder(3)),
  entry('denseLinear', denseLinear(3)),
  entry('qrLinear', qrLinear(3)),
  entry('svdLinear', svdLinear(3)),
  entry('choleskyLinear', choleskyLinear(3)),
  entry('matrixExponential', matrixExponential(3)),
  entry('residual', residual(2, { hidden: [4] })),
  entry('gradientOfConvex', gradientOfConvex(2, { hidden: [2, 2] })),
  entry('dynamicLinearCoupling', dynamicLinearCoupling({ parts: [1, 2, 1], conditioner: net })),
  entry(
    'dynamicLinearCoupling over positions',
    dynamicLinearCoupling({ parts: [2, 1], positions: 2, conditioner: net }),
  ),
  entry('affine coupling', coupling({ dim: 3, transform: affineTransform(), conditioner: net })),
  entry('spline coupling', coupling({ dim: 3, transform: spline, conditioner: net })),
  entry(
    'coupling with context',
    coupling({ dim: 2, transform: affineTransform(), conditioner: mlp([8], { activation: 'tanh', context: 2 }) }),
    [2],
  ),
  entry('affine autoregressive', autoregressive({ dim: 3, transform: affineTransform(), conditioner: masked })),
  entry('spline autoregressive', autoregressive({ dim: 3, transform: spline, conditioner: masked, order: 'reversed' })),
  entry('autoregressive of one', autoregressive({ dim: 1, transform: affineTransform(), conditioner: masked })),
  entry(
    'autoregressive with context',
    autoregressive({
      dim: 2,
      transform: affineTransform(),
      conditioner: maskedMlp([6], { activation: 'tanh', context: 2 }),
    }),
    [2],
  ),
  entry('conditional', conditional(mlp([8], { activation: 'tanh', context: 2 }))(affine(2)), [2]),
]

/** Compositions. */
export const composed: readonly Entry[] = [
  entry('identity', identity(real(2))),
  entry('inverted spline', invert(unconditioned(spline, 2))),
  entry(
    'inverted autoregressive',
    invert(autoregressive({ dim: 3, transform: affineTransform(), conditioner: masked }) as never),
  ),
  entry(
    'positive to unit interval',
    pipe(invert(elementwise(exp, 2)), andThen(affine(2)), andThen(elementwise(sigmoid, 2))),
  ),
  entry('permuted', pipe(permute([2, 0, 1]), andThen(luLinear(3)))),
  entry('reshaped', reshape(real([2, 2]), [4]) as never),
  entry('stack', stack([elementwise(exp, []), elementwise(tanh, [])] as never)),
  entry('concat', concat([affine(2), unconditioned(spline, 1)] as never)),
  entry('sandwich', sandwich(luLinear(2, { seed: 2 }))(unconditioned(spline, 2))),
  entry(
    'repeat',
    repeat(2, (i) => coupling({ dim: 3, mask: alternating(3, i), transform: affineTransform(), conditioner: net })),
  ),
]

export const catalogue: readonly Entry[] = [...single, ...composed]
