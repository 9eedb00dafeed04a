import { add, constant, evaluateAt, fromRows, takeAlong } from '@diffeo/autodiff'
import { expect, test } from 'vitest'
import { backThroughSpline, type Spline, throughSpline } from '../../../src/bijectors/spline/spline.ts'
import { distance } from '../../draws.ts'
import { describeGolden } from '../../golden.ts'

interface LinearCase {
  readonly bins: number
  readonly tailBound: number
  readonly minBinWidth: number
  readonly minDerivative: number
  readonly unnormalizedWidths: readonly number[]
  readonly unnormalizedHeights: readonly number[]
  readonly unnormalizedDerivatives: readonly number[]
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly logdet: readonly number[]
  readonly inverseOfX: readonly number[]
  readonly inverseLogdetAtX: readonly number[]
}

const shares = (raw: readonly number[], least: number): readonly number[] => {
  const e = raw.map(Math.exp)
  const total = e.reduce((a, b) => a + b, 0)
  return e.map((v) => least + ((1 - least * raw.length) * v) / total)
}

/** A spline with stated widths, heights and inner slopes, the same for every example. */
const statedSpline = (c: LinearCase): Spline => {
  const slopes = constant(c.unnormalizedDerivatives.map((v) => c.minDerivative + Math.log1p(Math.exp(v))))
  return {
    masses: constant([shares(c.unnormalizedWidths, c.minBinWidth), shares(c.unnormalizedHeights, c.minBinWidth)]),
    least: 0,
    tails: c.tailBound,
    slopesAt: (knots) => takeAlong(slopes, add(knots, -1)),
  }
}

describeGolden<{ readonly cases: readonly LinearCase[] }>('rqs-linear.json', ({ cases }) => {
  test.each(cases)('agrees with another library at $bins bins', (c) => {
    const spline = statedSpline(c)
    const found = evaluateAt(
      ({ x }) => ({ through: { ...throughSpline(spline, x) }, back: { ...backThroughSpline(spline, x) } }),
      {
        x: fromRows(c.x, c.x.length, []),
      },
    )
    expect(distance(found.through.value.data, c.y)).toBeLessThan(1e-12 * c.tailBound)
    expect(distance(found.through.logDerivative.data, c.logdet)).toBeLessThan(1e-11)
    expect(distance(found.back.value.data, c.inverseOfX)).toBeLessThan(1e-10 * c.tailBound)
    expect(distance(found.back.logDerivative.data, c.inverseLogdetAtX)).toBeLessThan(1e-10)
  })
})
