import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Distribution } from '../../src/distribution.ts'
import { diagonalNormal } from '../../src/distributions/diagonalNormal.ts'
import { logistic } from '../../src/distributions/logistic.ts'
import { mixture } from '../../src/distributions/mixture.ts'
import { multivariateNormal } from '../../src/distributions/multivariateNormal.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { studentT } from '../../src/distributions/studentT.ts'
import { uniform } from '../../src/distributions/uniform.ts'
import { endsOf, real } from '../../src/domain.ts'
import { over } from '../../src/flow.ts'
import { builtInFlowKinds, rebuildDistribution } from '../../src/rebuildFlow.ts'
import { left, right } from '../either.ts'
import { drawn, entropyAt, integrals, logProbs, paramsOf, rule } from './densities.ts'

interface Entry {
  readonly name: string
  readonly d: Distribution
  readonly values: Readonly<Record<string, readonly number[]>>
}
const components = () => [diagonalNormal(1), logistic(1), studentT(1)]

/** Each distribution with parameters away from where they start. */
const catalogue: readonly Entry[] = [
  { name: 'standardNormal [1]', d: standardNormal(1), values: {} },
  { name: 'standardNormal [2]', d: standardNormal(2), values: {} },
  { name: 'diagonalNormal [1]', d: diagonalNormal(1), values: { mean: [1.5], logDeviation: [-0.7] } },
  { name: 'diagonalNormal [2]', d: diagonalNormal(2), values: { mean: [1, -2], logDeviation: [0.4, -0.3] } },
  { name: 'multivariateNormal [1]', d: multivariateNormal(1), values: { mean: [0.5], logDiagonal: [0.3], below: [] } },
  {
    name: 'multivariateNormal [2]',
    d: multivariateNormal(2),
    values: { mean: [0.5, -1], logDiagonal: [0.3, -0.4], below: [0.8] },
  },
  { name: 'uniform on (0, 1) [1]', d: uniform(1), values: {} },
  { name: 'uniform on (-2, 3) [2]', d: uniform(2, -2, 3), values: {} },
  { name: 'studentT [1]', d: studentT(1), values: { location: [0.5], logScale: [0.2], logDegrees: [Math.log(3)] } },
  {
    name: 'studentT [2]',
    d: studentT(2),
    values: { location: [0, 1], logScale: [-0.5, 0.1], logDegrees: [Math.log(2.5), Math.log(30)] },
  },
  { name: 'logistic [1]', d: logistic(1), values: { location: [-1], logScale: [0.3] } },
  { name: 'logistic [2]', d: logistic(2), values: { location: [-1, 2], logScale: [0.3, -0.6] } },
  {
    name: 'mixture of three [1]',
    d: mixture(components()) as Distribution,
    values: {
      logits: [0.5, -1, 0.2],
      'components.0.mean': [-3],
      'components.0.logDeviation': [-0.5],
      'components.1.location': [2],
      'components.1.logScale': [-1],
      'components.2.location': [0],
      'components.2.logScale': [0],
      'components.2.logDegrees': [1],
    },
  },
  { name: 'mixture of one [1]', d: mixture([standardNormal(1)]) as Distribution, values: { logits: [0.7] } },
]

/** Directions of a characteristic function, which decides a distribution. */
const waves = (size: number) =>
  [0.3, 0.9, 2.1].flatMap((f) => [
    (x: readonly number[]) => Math.cos(f * x.reduce((sum, v, j) => sum + v * (j + 1), 0)),
    (x: readonly number[]) => Math.sin(f * x.reduce((sum, v, j) => sum + v * (size - j), 0)),
  ])

describe.each(catalogue)('$name', ({ d, values }) => {
  const params = paramsOf(d, values)
  const size = d.domain.shape[0]!
  const [lower, upper] = endsOf(d.domain.support)!
  // Fine enough for the narrowest component on a line; a plane has the square of the nodes.
  const nodes = rule(lower, upper, size === 1 ? 1 / 64 : 1 / 16)

  test('integrates to 1', () => {
    expect(integrals(d, params, nodes, [() => 1])[0]).toBeCloseTo(1, 7)
  })

  test('has the entropy it states', () => {
    if (!d.entropy) return
    const [entropy] = integrals(d, params, nodes, [(_, logProb) => -logProb])
    expect(entropyAt(d, params)).toBeCloseTo(entropy!, 5)
  })

  test('draws what its density says', () => {
    const count = 20000
    const rows = drawn(d, params, count, 11)
    const means = integrals(d, params, nodes, waves(size))
    waves(size).forEach((wave, k) => {
      let sum = 0
      for (let i = 0; i < count; i++) sum += wave(Array.from(rows.subarray(i * size, (i + 1) * size)))
      // A wave has variance 1 at most.
      expect(Math.abs(sum / count - means[k]!)).toBeLessThan(4.5 / Math.sqrt(count))
    })
  })

  test('is rebuilt from its spec as text, with the same densities', () => {
    const spec = JSON.parse(JSON.stringify(d.spec))
    const again = right(rebuildDistribution(spec, builtInFlowKinds, 'here'))
    const rows = Float64Array.from({ length: 10 * size }, (_, i) => Math.sin(i) * 2)
    expect(logProbs(again, paramsOf(again, values), rows)).toEqual(logProbs(d, params, rows))
    expect(again.domain).toEqual(d.domain)
  })
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
