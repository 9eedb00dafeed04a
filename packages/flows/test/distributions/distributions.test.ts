import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  affine,
  affineTransform,
  andThen,
  autoregressive,
  builtInFlowKinds,
  coupling,
  type Distribution,
  diagonalNormal,
  elementwise,
  exp,
  invert,
  logistic,
  maskedMlp,
  mixture,
  mlp,
  multivariateNormal,
  over,
  pipe,
  probabilisticPCA,
  rationalQuadraticSpline,
  real,
  rebuildDistribution,
  sigmoid,
  standardNormal,
  studentT,
  uniform,
} from '../../src/index.ts'
import * as laws from '../../src/laws/index.ts'
import { left } from '../either.ts'
import { engines } from '../laws/engines.ts'
import { howOften } from '../laws/runs.ts'
import { logProbs, paramsOf } from './densities.ts'

const net = mlp([6], { activation: 'tanh' })
const shallow = maskedMlp([6], { activation: 'tanh' })
const affineLayer = coupling({ dim: 2, transform: affineTransform(), conditioner: net })
const splineLayer = autoregressive({
  dim: 2,
  transform: rationalQuadraticSpline({ bins: 4, tails: 3 }),
  conditioner: shallow,
})

/** Bins further from equal are too narrow for a grid over both coordinates. */
const NARROW = { spreads: [0, 0.2] }

/** Every distribution, and flows, which are distributions too. */
const catalogue: readonly (readonly [name: string, d: unknown, options?: laws.DistributionLawOptions])[] = [
  ['standardNormal [1]', standardNormal(1)],
  ['standardNormal [2]', standardNormal(2)],
  ['diagonalNormal []', diagonalNormal([])],
  ['diagonalNormal [2]', diagonalNormal(2)],
  ['multivariateNormal [1]', multivariateNormal(1)],
  ['multivariateNormal [2]', multivariateNormal(2)],
  ['probabilisticPCA of no factor [1]', probabilisticPCA(1, 0)],
  ['probabilisticPCA of one factor [2]', probabilisticPCA(2, 1)],
  ['uniform on (0, 1) [1]', uniform(1)],
  ['uniform on (-2, 3) [2]', uniform(2, -2, 3)],
  ['studentT [1]', studentT(1)],
  ['studentT [2]', studentT(2)],
  ['logistic [1]', logistic(1)],
  ['logistic [2]', logistic(2)],
  ['mixture of three [1]', mixture([diagonalNormal(1), logistic(1), studentT(1)])],
  ['mixture of two [2]', mixture([multivariateNormal(2), diagonalNormal(2)])],
  ['mixture of one [1]', mixture([standardNormal(1)])],
  ['affine coupling over a normal [2]', over(standardNormal(2))(affineLayer)],
  ['spline over a logistic [2]', over(logistic(2))(splineLayer), NARROW],
  ['logarithm over a normal [1]', over(diagonalNormal(1))(invert(elementwise(exp, 1)))],
  ['sigmoid over a uniform [2]', over(uniform(2))(pipe(affineLayer, andThen(elementwise(sigmoid, 2))))],
  ['logit over a normal [1]', over(standardNormal(1))(pipe(invert(elementwise(sigmoid, 1)), andThen(affine(1))))],
]
const RUNS = howOften(3)

describe.each(catalogue)('%s', (_, distribution, given) => {
  const d = distribution as Distribution
  const options = { engines, ...(given as laws.DistributionLawOptions | undefined) }
  test('integrates to 1', () => fc.assert(laws.integratesToOne(d, options), RUNS))
  if (d.entropy) test('has the entropy it states', () => fc.assert(laws.statesItsEntropy(d, options), RUNS))
  test('draws what its density says', () => fc.assert(laws.samplesMatchDensity(d, options), RUNS))
  if (d.domain.support !== 'real')
    test('is -∞ outside its support', () => fc.assert(laws.vanishesOutside(d, { engines }), RUNS))
  test('log-densities and their gradients are finite', () => fc.assert(laws.hasFiniteScores(d, { engines }), RUNS))
  test('a draw comes with its log-density', () => fc.assert(laws.drawsWithTheirDensity(d, { engines }), RUNS))
  test('rebuilt from its spec it is the same', () => fc.assert(laws.densitySavesItself(d, { engines }), RUNS))
  test('examples do not meet', () => fc.assert(laws.densityKeepsExamplesApart(d, { engines }), RUNS))
  test('it agrees with the reference', () => fc.assert(laws.densityAgreesWithReference(d, { engines }), RUNS))
  // A composition may saturate in the middle.
  if (d.spec.kind !== 'flow')
    test('the formula is stable', () => fc.assert(laws.densityRoundsWell(d, { engines }), RUNS))
})
describe('uniform', () => {
  test('is -∞ outside its interval, in any coordinate', () =>
    fc.assert(
      fc.property(fc.double({ min: 1.0001, max: 1e6, noNaN: true }), fc.constantFrom(1, -1), (far, side) => {
        const x = side > 0 ? far : 1 - far
        expect(Array.from(logProbs(uniform(2), {}, [0.5, x, x, 0.5, 0.5, 0.5]))).toEqual([-Infinity, -Infinity, 0])
      }),
    ))
})

describe('mixture', () => {
  test('of uniforms is -∞ where none of them lives, never NaN', () => {
    const d = mixture([uniform(1), uniform(1)]) as Distribution
    expect(Array.from(logProbs(d, paramsOf(d, { logits: [0, 1] }), [2, 0.5]))).toEqual([
      -Infinity,
      expect.closeTo(0, 12),
    ])
  })

  test('refuses no components and components on different domains', () => {
    expect(() => mixture([])).toThrow(/one component/)
    expect(() => mixture([standardNormal(1), uniform(1)] as Distribution[])).toThrow(/real \[1\].*unitInterval \[1\]/)
  })
})

describe('rebuildDistribution', () => {
  test('names a kind it does not know, where it stands', () => {
    const spec = { kind: 'mixture', options: {}, parts: [{ kind: 'cauchy', options: {}, parts: [] }] }
    const error = left(rebuildDistribution(spec, builtInFlowKinds, 'the model'))
    expect(error).toMatchObject({
      _tag: 'UnknownKind',
      of: 'distribution',
      kind: 'cauchy',
      path: 'the model → mixture[0]',
    })
  })

  test('names options that do not fit', () => {
    const spec = { kind: 'standardNormal', options: { shape: [-1] }, parts: [] }
    expect(left(rebuildDistribution(spec, builtInFlowKinds, 'the model'))).toMatchObject({ _tag: 'BadSpec' })
  })
})

describe('over', () => {
  test('refuses a base on another domain than the bijector maps onto, naming both', () => {
    const identity = { ...standardNormal(1), codomain: real(1), domain: real(1) }
    expect(() => over(standardNormal(2))(identity as never)).toThrow(/real \[1\].*real \[2\]/)
  })
})
