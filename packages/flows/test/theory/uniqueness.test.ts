import { constant, evaluate, open } from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import { affine } from '../../src/bijectors/affine.ts'
import { elementwise } from '../../src/bijectors/elementwise.ts'
import { sigmoid } from '../../src/bijectors/sigmoid.ts'
import { diagonalNormal } from '../../src/distributions/diagonalNormal.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { uniform } from '../../src/distributions/uniform.ts'
import { type Flow, over } from '../../src/flow.ts'
import { bentInTwoOrders, bentOverUniform } from '../../src/laws/counterExample.ts'
import { explainUniqueness } from '../../src/theory/explainUniqueness.ts'
import { type Trained, type Uniqueness, uniqueness } from '../../src/theory/uniqueness.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { draw } from '../../src/train/draw.ts'
import { logDensities } from '../../src/train/score.ts'
import * as exact from '../laws/exact.ts'
import * as maps from './exactMaps.ts'

const trainedOf = (e: { readonly flow: Flow; params(d: unknown): unknown }): Trained => [
  e.flow,
  e.params({}) as Trained[1],
]

/** One density, one mean log-determinant, nothing that contradicts. */
const expectOneDistribution = (u: Uniqueness): void => {
  expect(u.density.agree).toBe(true)
  expect(u.density.largest).toBeLessThan(1e-6)
  expect(u.meanLogDet.agree).not.toBe(false)
  expect(u.findings).toEqual([])
}

describe('where uniqueness fails', () => {
  test('the two variable orders of one banana have its density, and determinants of 2.5 everywhere against less than 1.59 to more than 6.41', async () => {
    const u = await uniqueness(maps.bananaForwards, maps.bananaBackwards, maps.banana(400))
    expectOneDistribution(u)
    const { first, second } = u.determinant
    expect(first.least).toBeCloseTo(2.5, 12)
    expect(first.most).toBeCloseTo(2.5, 12)
    expect(second.least).toBeLessThan(1.59)
    expect(second.most).toBeGreaterThan(6.41)
    expect(u.meanLogDet.first.value).toBeCloseTo(Math.log(2.5), 12)
    expect(Math.abs(u.meanLogDet.difference.value)).toBeLessThan(4 * u.meanLogDet.difference.standardError)
    expect(u.theorem).toBeUndefined()
    expect(explainUniqueness(u).join('\n')).toMatch(/2.5 against .*\n.*that they differ contradicts nothing/)
  })

  test('Brenier’s map of a bivariate t and its triangular map have its density, and other determinants', async () => {
    const u = await uniqueness(maps.brenierOfT, maps.rosenblattOfT, maps.studentT2(1000))
    expectOneDistribution(u)
    expect(u.theorem).toBeUndefined()
    expect(u.determinant.largest).toBeGreaterThan(0.3)
    // Radial: det J = 1 / (1 + r²/2); its logarithm has mean -1, since log(1 + r²/2) is exponential.
    expect(u.determinant.first.most).toBeLessThan(1)
    expect(Math.abs(u.meanLogDet.first.value + 1)).toBeLessThan(4 * u.meanLogDet.first.standardError)
  })

  test('a smooth twist keeps the normal and not volume', async () => {
    const u = await uniqueness(maps.unmoved, maps.twisted, maps.normalRows(1000))
    expectOneDistribution(u)
    expect(u.theorem).toBeUndefined()
    expect(u.determinant.first).toEqual({ least: 1, most: 1 })
    expect(u.determinant.second.least).toBeLessThan(0.9)
    expect(u.determinant.second.most).toBeGreaterThan(1.1)
  })

  test('increasing against decreasing over a base that is not symmetric', async () => {
    const u = await uniqueness(maps.logisticUp, maps.logisticDown, maps.logisticRows(300))
    expectOneDistribution(u)
    expect(u.theorem).toBeUndefined()
    expect(u.determinant.largest).toBeGreaterThan(0.5)
  })
})

describe('where a theorem says so, determinants agree', () => {
  test('one coordinate, increasing against decreasing over a symmetric base', async () => {
    const u = await uniqueness(maps.normalUp, maps.normalDown, maps.logisticRows(300))
    expectOneDistribution(u)
    expect(u.theorem?._tag).toBe('MonotoneInOneDimension')
    expect(u.determinant.agree).toBe(true)
  })

  test('one coordinate, both increasing, one by the quantile function and one by undoing a formula', async () => {
    const pair = [exact.logisticToNormal, exact.logisticToNormalUndone].map(trainedOf) as [Trained, Trained]
    const u = await uniqueness(...pair, maps.logisticRows(300))
    expectOneDistribution(u)
    expect(u.theorem?._tag).toBe('IncreasingInOneDimension')
    expect(u.determinant.agree).toBe(true)
  })

  test('increasing triangular maps in one order, by closed forms and by integrals', async () => {
    const u = await uniqueness(maps.rosenblattOfT, maps.rosenblattByIntegrals, maps.studentT2(200))
    expectOneDistribution(u)
    expect(u.theorem).toEqual({ _tag: 'IncreasingTriangular', order: [0, 1] })
    expect(u.determinant.agree).toBe(true)
  })

  test('gradients of convex functions, by the formula and by differentiating the potential', async () => {
    const u = await uniqueness(maps.brenierOfT, maps.brenierByPotential, maps.studentT2(200))
    expectOneDistribution(u)
    expect(u.theorem).toEqual({ _tag: 'GradientOfConvex' })
    expect(u.determinant.agree).toBe(true)
  })

  test('a uniform base makes the determinant the density itself', async () => {
    const [first, second] = [bentOverUniform.first, bentOverUniform.second].map(trainedOf) as [Trained, Trained]
    const { data } = await draw(...first, { count: 300, seed: 3 })
    const sample: Dataset = { columns: ['a', 'b'], rows: 300, data }
    const u = await uniqueness(first, second, sample)
    expectOneDistribution(u)
    expect(u.theorem).toEqual({ _tag: 'UniformBase' })
    expect(u.determinant.agree).toBe(true)
    const { density } = await uniqueness(first, [bentInTwoOrders.first.flow, first[1]], sample)
    expect(density.agree).toBe(true)
    const densities = await logDensities(bentInTwoOrders.first.flow, first[1], sample, {
      engine: await open('reference'),
    })
    expect(u.determinant.first.most).toBeCloseTo(Math.exp(Math.max(...densities)), 9)
    expect(u.determinant.first.least).toBeCloseTo(Math.exp(Math.min(...densities)), 12)
  })

  test('the same two orders over a base that is not uniform disagree', async () => {
    const [first, second] = [bentInTwoOrders.first, bentInTwoOrders.second].map(trainedOf) as [Trained, Trained]
    const { data } = await draw(...first, { count: 300, seed: 3 })
    const u = await uniqueness(first, second, { columns: ['a', 'b'], rows: 300, data })
    expectOneDistribution(u)
    expect(u.theorem).toBeUndefined()
    expect(u.determinant.second.most).toBeGreaterThan(4)
  })
})

describe('different bases', () => {
  const numbers = (data: readonly number[]) => ({ data: Float64Array.from(data), shape: [data.length] })

  test('differ in the mean log-determinant by their entropies, which no theorem is needed for', async () => {
    const sample = maps.normalRows(400)
    const affineFlow: Trained = [
      over(diagonalNormal(2))(affine(2)) as unknown as Flow,
      {
        bijector: { shift: numbers([1, -1]), logScale: numbers([0.5, 0.2]) },
        base: { mean: numbers([1, -1]), logDeviation: numbers([0.5, 0.2]) },
      } as never,
    ]
    const base = affineFlow[0].base.entropy!({ mean: constant([1, -1]), logDeviation: constant([0.5, 0.2]) })
    const u = await uniqueness(maps.unmoved, affineFlow, sample)
    const normal = standardNormal(2).entropy!({})
    expect(u.meanLogDet.expected).toBeCloseTo(evaluate(normal).data[0]! - evaluate(base).data[0]!, 12)
    expectOneDistribution(u)
    expect(u.theorem).toBeUndefined()
  })

  test('that are unknown in entropy leave the mean unjudged', async () => {
    const u = await uniqueness(maps.logisticUp, maps.normalUp, maps.logisticRows(100))
    expect(u.meanLogDet).toMatchObject({ expected: undefined, agree: undefined })
    expect(u.findings).toEqual([])
  })
})

describe('a contradiction is a finding', () => {
  test('a flow that states another determinant than its Jacobian has is named, and what it breaks', async () => {
    const u = await uniqueness(maps.unmoved, maps.lying, maps.normalRows(400))
    expect(u.density.agree).toBe(true)
    expect(u.findings.map(({ _tag }) => _tag)).toEqual(['WrongLogDet', 'OtherMeanLogDet', 'OtherDeterminant'])
    expect(u.findings[0]).toMatchObject({ flow: 'second', found: expect.closeTo(Math.log(2), 12) })
    expect(u.theorem).toEqual({ _tag: 'IncreasingTriangular', order: [0, 1] })
    expect(explainUniqueness(u).filter((line) => line.startsWith('CONTRADICTION'))).toHaveLength(3)
  })

  test('a flow that is not exact has another density, and nothing more is asked of it', async () => {
    const scaled: Trained = [
      over(standardNormal(2))(affine(2)) as unknown as Flow,
      {
        bijector: {
          shift: { data: new Float64Array(2), shape: [2] },
          logScale: { data: Float64Array.of(0.1, 0), shape: [2] },
        },
        base: {},
      },
    ]
    const u = await uniqueness(maps.unmoved, scaled, maps.normalRows(200))
    expect(u.findings.map(({ _tag }) => _tag)).toEqual(['OtherDensity'])
    expect(explainUniqueness(u).join('\n')).toMatch(/nothing follows for their determinants/)
  })

  test('rows of another distribution show in the means, not in the densities', async () => {
    const { data, ...rest } = maps.banana(400)
    const shifted = { ...rest, data: data.map((x, e) => (e % 2 === 0 ? x + 2 : x)) }
    const u = await uniqueness(maps.bananaForwards, maps.bananaBackwards, shifted, { tolerance: 1e-3 })
    expect(u.findings.map(({ _tag }) => _tag)).toContain('OtherMeanLogDet')
  })

  test('flows on different domains are the caller’s mistake', async () => {
    const one: Trained = [over(uniform(1))(elementwise(sigmoid, 1)) as unknown as Flow, { bijector: {}, base: {} }]
    await expect(uniqueness(maps.unmoved, one, maps.normalRows(10))).rejects.toThrow(
      /real \[2\], the other on real \[1\]/,
    )
  })
})
