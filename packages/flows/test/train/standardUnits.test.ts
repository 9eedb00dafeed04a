import { open } from '@diffeo/autodiff'
import { moments, table } from '@diffeo/data'
import { expect, test } from 'vitest'
import { fitOrThrow, logDensities, neuralSplineFlow } from '../../src/index.ts'

/** Dates in seconds that differ by a few minutes, beside a small number: float32 holds the first to 128 seconds. */
const dates = table({
  columns: ['when', 'what'],
  data: Float64Array.from({ length: 800 }, (_, i) => (i % 2 ? 1e-3 * Math.cos(0.7 * i) : 1.7e9 + 100 * Math.sin(i))),
})

test('a column far from 0 is learned in float32 as in float64', async () => {
  const { mean, standardDeviation } = moments(dates)
  const flow = neuralSplineFlow({ dim: 2, layers: 2, hidden: [8], bins: 4, standardise: { mean, standardDeviation } })
  const trained = async (target: 'wasm' | 'reference') => {
    const engine = await open(target, { threads: 1 })
    const { params, validationLogLikelihood } = await fitOrThrow(flow, dates, { epochs: 8, learningRate: 1e-2, engine })
    engine.dispose()
    // Moments come back as they went in, to the last digit.
    expect(
      Array.from((params as never as { bijector: { mean: { data: ArrayLike<number> } }[] }).bijector[0]!.mean.data),
    ).toEqual(Array.from(mean))
    const densities = await logDensities(flow, params, dates)
    return { validationLogLikelihood, mean: densities.reduce((a, b) => a + b, 0) / dates.rows }
  }
  const [single, double] = [await trained('wasm'), await trained('reference')]
  // Eight epochs part a little by rounding alone; the digits that float32 loses at 1.7e9 would cost whole nats.
  expect(Math.abs(single.mean - double.mean)).toBeLessThan(0.02)
  expect(Math.abs(single.validationLogLikelihood! - double.validationLogLikelihood!)).toBeLessThan(0.02)
})
