import { type HostArray, openReference } from '@diffeo/autodiff'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { affine } from '../../src/bijectors/affine.ts'
import { elementwise } from '../../src/bijectors/elementwise.ts'
import { tanh } from '../../src/bijectors/tanh.ts'
import { andThen } from '../../src/combinators/andThen.ts'
import { invert } from '../../src/combinators/invert.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Flow, over } from '../../src/flow.ts'
import { diagnose } from '../../src/theory/diagnostics.ts'
import { draw } from '../../src/train/draw.ts'
import { fitOrThrow } from '../../src/train/fit.ts'
import { logDensities } from '../../src/train/score.ts'
import { affineFlow } from '../train/affineFlow.ts'
import { normalTable } from '../train/table.ts'

const data = normalTable(300, [2, -1], [0.5, 3])
/** What is asserted here are identities, to the digits of float64. */
const engine = openReference()
const params = (shift: readonly number[], logScale: readonly number[]) => ({
  bijector: {
    shift: { data: Float64Array.from(shift), shape: [2] } as HostArray,
    logScale: { data: Float64Array.from(logScale), shape: [2] } as HostArray,
  },
  base: {},
})

describe('diagnose', () => {
  test('finds every balance at the optimum of the rows it was fitted to', async () => {
    const flow = affineFlow(2)
    const options = { epochs: 600, batchSize: 300, learningRate: 0.1, finalRate: 0.001, validation: 0, engine }
    const outcome = await fitOrThrow(flow, data, options)
    const { latent, balance, volume } = await diagnose(flow, outcome.params, data, { engine })
    for (const j of [0, 1]) {
      expect(Math.abs(latent.mean[j]!.value)).toBeLessThan(1e-3)
      expect(Math.abs(latent.secondMoment[j]!.value - 1)).toBeLessThan(1e-3)
      expect(balance.shift[j]!.value).toBeCloseTo(latent.mean[j]!.value, 12)
      expect(balance.scale[j]!.value).toBeCloseTo(latent.secondMoment[j]!.value, 12)
    }
    expect(Math.abs(volume.gap!)).toBeLessThan(1e-3)
  })

  test('sees a flow that stretches too far, with the size of its fault', async () => {
    // Half the scale that the rows have: second moments of about 4.
    const flow = affineFlow(2)
    const half = await diagnose(flow, params([2, -1], [Math.log(0.25), Math.log(1.5)]), data, { engine })
    for (const j of [0, 1]) {
      const { value, standardError } = half.latent.secondMoment[j]!
      expect(Math.abs(value - 4)).toBeLessThan(4 * standardError)
    }
    // 1/2 Σ (second moment - 1) of a standard normal base.
    const excess = half.latent.secondMoment.reduce((sum, { value }) => sum + (value - 1) / 2, 0)
    expect(half.volume.gap).toBeCloseTo(excess, 10)
  })

  test('the mean log-determinant, the cross-entropy and the log-likelihood add up', async () => {
    const { volume, logLikelihood } = await diagnose(affineFlow(2), params([0, 0], [0.3, -0.2]), data, { engine })
    expect(volume.logDet.value).toBeCloseTo(-0.1, 12)
    expect(volume.logDet.value - volume.crossEntropy.value).toBeCloseTo(logLikelihood.value, 12)
  })

  test('lists the worst rows with the densities that scoring gives', async () => {
    const flow = affineFlow(2)
    const at = params([2, -1], [Math.log(0.5), Math.log(3)])
    const { worst } = await diagnose(flow, at, data, { worst: 3, engine })
    const densities = await logDensities(flow, at, data, { engine })
    const order = Array.from(densities.keys()).sort((a, b) => densities[a]! - densities[b]!)
    expect(worst.map(({ row }) => row)).toEqual(order.slice(0, 3))
    for (const { row, logDensity } of worst) expect(logDensity).toBeCloseTo(densities[row]!, 12)
  })

  test('names the row and column that do not come back', async () => {
    // tanh 17 differs from 1 by a few units of the last place: on the way back little is left of the 17.
    const flow = pipe(
      affine(2),
      andThen(elementwise(tanh, 2)),
      andThen(invert(elementwise(tanh, 2))),
      over(standardNormal(2)),
    )
    const far = { columns: ['a', 'b'], rows: 2, data: Float64Array.of(0.1, 0.2, 0.3, 17) }
    const at = { bijector: [params([0, 0], [0, 0]).bijector, {}, {}], base: {} }
    const lost = (await diagnose(flow as unknown as Flow, at, far, { engine })).roundTrip
    expect(lost).toMatchObject({ row: 1, column: 'b' })
    expect(lost.absolute).toBeGreaterThan(1e-4)
  })
})

describe('draw', () => {
  test('gives the same rows for the same seed, whatever the count, with the densities that scoring gives', async () => {
    const flow = affineFlow(2)
    const at = params([2, -1], [Math.log(0.5), Math.log(3)])
    const few = await draw(flow, at, { count: 5, seed: 7, engine })
    const many = await draw(flow, at, { count: 400, seed: 7, engine })
    expect(many.data.slice(0, 10)).toEqual(few.data)
    expect((await draw(flow, at, { count: 5, seed: 8, engine })).data).not.toEqual(few.data)
    const scored = await logDensities(flow, at, { columns: ['a', 'b'], rows: 400, data: many.data }, { engine })
    many.logDensities.forEach((x, i) => expect(Math.abs(x - scored[i]!)).toBeLessThan(1e-12))
  })

  test('follows the flow: moments of the draws are those of the parameters', async () => {
    const { data: rows } = await draw(affineFlow(2), params([2, -1], [Math.log(0.5), Math.log(3)]), {
      count: 20000,
      seed: 1,
    })
    const first = rows.filter((_, i) => i % 2 === 0)
    const mean = first.reduce((a, b) => a + b, 0) / first.length
    expect(Math.abs(mean - 2)).toBeLessThan((4 * 0.5) / Math.sqrt(20000))
    const variance = first.reduce((s, x) => s + (x - mean) ** 2, 0) / first.length
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / 20000))
  })
})
