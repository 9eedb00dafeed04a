import { evaluateAt, fromRows } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bentInTwoOrders,
  bentOverUniform,
  densityIsUnique,
  determinantIsUnique,
  type ExactPair,
  type Law,
  meanLogDetIsUnique,
  type WhyUnique,
} from '../../src/laws/index.ts'
import { engines } from './engines.ts'
import {
  byCholesky,
  fixedPair,
  logisticToNormal,
  logisticToNormalUndone,
  logisticToUniform,
  logisticToUniformBackwards,
  normalPair,
  notQuite,
  principal,
  rotated,
  symmetric,
  symmetricByLu,
  triangularByLu,
} from './exact.ts'
import { howOften } from './runs.ts'

const RUNS = howOften(5)

const increasing: WhyUnique = { _tag: 'IncreasingInOneDimension' }
const uniformBase: WhyUnique = { _tag: 'UniformBase' }
const isometry: WhyUnique = { _tag: 'Isometry' }
const triangular: WhyUnique = { _tag: 'IncreasingTriangular', order: 'natural' }
const reversed: WhyUnique = { _tag: 'IncreasingTriangular', order: 'reversed' }
const gradients: WhyUnique = { _tag: 'GradientOfConvex' }

const pairs: readonly (readonly [name: string, pair: ExactPair, why: readonly WhyUnique[]])[] = [
  ['a normal by its axes and by its symmetric root', normalPair(principal, symmetric), [isometry]],
  ['a normal by its axes and by Cholesky', normalPair(principal, byCholesky), [isometry]],
  ['a normal by its axes and by a rotated LU', normalPair(principal, rotated), [isometry]],
  ['a normal by Cholesky and by a triangular LU', normalPair(byCholesky, triangularByLu), [isometry, triangular]],
  ['a normal by its symmetric root and that by LU', normalPair(symmetric, symmetricByLu), [isometry, gradients]],
  ['a logistic to a normal in two ways', fixedPair(logisticToNormal, logisticToNormalUndone), [increasing, triangular]],
  ['a logistic to a uniform, either way up', fixedPair(logisticToUniform, logisticToUniformBackwards), [uniformBase]],
  ['a logistic to a uniform and to a normal', fixedPair(logisticToUniform, logisticToNormal), []],
  ['a bent density in two orders', bentInTwoOrders, []],
  ['a bent density in two orders over a uniform', bentOverUniform, [uniformBase]],
]

describe.each(pairs)('%s', (_, pair, reasons) => {
  test('has one density', () => fc.assert(densityIsUnique(pair, { engines }), RUNS))
  test('has one mean log-determinant', () => fc.assert(meanLogDetIsUnique(pair, { engines }), RUNS))
  test.each(reasons)('has one determinant because of $_tag', (why) =>
    fc.assert(determinantIsUnique(pair, why, { engines }), RUNS),
  )
})
/** The first complaint of a law. */
const complaint = (law: Law): string => String(fc.check(law, { numRuns: 8, endOnFailure: true }).errorInstance)

describe('a flow that is not exact', () => {
  const pair = normalPair(symmetric, notQuite)
  test('has another density', () => {
    expect(complaint(densityIsUnique(pair))).toMatch(/one density: log p\(x\)/)
  })
  test('has another mean log-determinant, where it stretches more on the whole', () => {
    expect(complaint(meanLogDetIsUnique(pair))).toMatch(/one mean log-determinant: the means differ by 0.0/)
  })
  test('has another determinant', () => {
    expect(complaint(determinantIsUnique(pair, gradients))).toMatch(/one determinant: /)
    expect(complaint(determinantIsUnique(pair, { _tag: 'IncreasingTriangular', order: 'natural' }))).toMatch(
      /slopes by later coordinates/,
    )
  })
})

describe('the bent density in two orders', () => {
  test('has determinants that differ: 2.5 everywhere, and all between 0 and 5', () => {
    const grid = Array.from({ length: 41 * 41 }, (_, i) => [((i % 41) - 20) / 2, (Math.floor(i / 41) - 20) / 2])
    const { first, second } = bentInTwoOrders
    const x = fromRows(grid.flat(), grid.length, [2])
    const found = evaluateAt(
      ({ x: at }) =>
        [first, second].map(({ flow, params }) => ({
          logDet: flow.toLatent(params({}) as never, at).logDet,
          logProb: flow.logProb(params({}) as never, at),
        })),
      { x },
    )
    const [one, other] = found.map(({ logDet }) => Array.from(logDet.data, Math.exp))
    expect(Math.max(...one!.map((v) => Math.abs(v - 2.5)))).toBeLessThan(1e-12)
    expect(Math.min(...other!)).toBeLessThan(0.6)
    expect(Math.max(...other!)).toBeGreaterThan(4.9)
    expect(Math.max(...other!)).toBeLessThan(5)
    const [p, q] = found.map(({ logProb }) => Array.from(logProb.data))
    p!.forEach((v, i) => {
      expect(Math.abs(v - q![i]!), `x = ${grid[i]}`).toBeLessThan(1e-9 * Math.max(1, Math.abs(v)))
    })
  })

  test('is refused by every reason for one determinant', () => {
    expect(complaint(determinantIsUnique(bentInTwoOrders, triangular))).toMatch(/slopes by later coordinates/)
    expect(complaint(determinantIsUnique(bentInTwoOrders, reversed))).toMatch(/slopes by later coordinates/)
    expect(complaint(determinantIsUnique(bentInTwoOrders, isometry))).toMatch(/JᵀJ/)
    expect(complaint(determinantIsUnique(bentInTwoOrders, gradients))).toMatch(/J = Jᵀ|logDet/)
    expect(() => determinantIsUnique(bentInTwoOrders, increasing)).toThrow(/one coordinate.*real \[2\]/)
    expect(() => determinantIsUnique(bentInTwoOrders, uniformBase)).toThrow(/uniform base, got logExponential/)
  })
})

describe('determinantIsUnique', () => {
  test('asks nothing of slopes that are so nearly singular that float32 leaves no factor of them', () => {
    const far = { seed: 922382085, spread: 6 }
    const pair = normalPair(symmetric, symmetricByLu)
    fc.assert(determinantIsUnique(pair, gradients, { engines }), { numRuns: 1, examples: [[far]] })
  })
  test('refuses maps that do not increase', () => {
    const pair = fixedPair(logisticToUniform, logisticToUniformBackwards)
    expect(complaint(determinantIsUnique(pair, increasing))).toMatch(/slope/)
  })
  test('refuses flows over two bases, and laws refuse flows on two spaces', () => {
    expect(() => determinantIsUnique(fixedPair(logisticToUniform, logisticToNormal), increasing)).toThrow(/one base/)
    expect(() => densityIsUnique(fixedPair(logisticToNormal, bentInTwoOrders.first))).toThrow(/real \[1\].*real \[2\]/)
    expect(() => meanLogDetIsUnique(fixedPair(bentInTwoOrders.first, bentOverUniform.first))).toThrow(/known entropy/)
  })
})
