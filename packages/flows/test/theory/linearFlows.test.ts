import { type Engine, open } from '@diffeo/autodiff'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linearCeiling } from '../../src/theory/linearCeiling.ts'
import { uniqueness } from '../../src/theory/uniqueness.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { fitOrThrow } from '../../src/train/fit.ts'
import { logDensities } from '../../src/train/score.ts'
import { normals } from '../draws.ts'
import { right } from '../either.ts'
import { seenIn, solved } from './linearFlows.ts'

/** Rows that are mixed and bent, so that they are not normal: the optimum of linear flows does not care. */
const tables = fc
  .record({ d: fc.integer({ min: 1, max: 5 }), seed: fc.integer({ min: 0, max: 1e6 }) })
  .map(({ d, seed }): Dataset & { readonly seed: number } => {
    const rows = 30
    const mix = normals(seed, [d, d], 0.8).data
    const z = normals(seed + 1, [rows, d]).data
    const data = Float64Array.from({ length: rows * d }, (_, e) => {
      const [i, j] = [Math.floor(e / d), e % d]
      let x = z[e]! + 2 * j
      for (let k = 0; k < d; k++) x += mix[j * d + k]! * Math.abs(z[i * d + k]!) ** 1.5
      return x * 2 ** j
    })
    return { columns: Array.from({ length: d }, (_, j) => `c${j}`), rows, data, seed }
  })

const mean = (xs: Float64Array): number => xs.reduce((a, b) => a + b, 0) / xs.length

let engine: Engine
beforeAll(async () => {
  engine = await open('reference')
})
afterAll(() => engine.dispose())

test('every complete parameterisation reaches the linear ceiling, with the one determinant of the closed form', () =>
  fc.assert(
    fc.asyncProperty(tables, async (t) => {
      const { linear } = right(linearCeiling(t)).original
      const logDet = -0.5 * seenIn(t).spectrum.values.reduce((sum, x) => sum + Math.log(x), 0)
      const flows = Object.entries(solved(t, t.seed))
      const [, first] = flows[0]!
      for (const [name, flow] of flows) {
        const u = await uniqueness(first, flow, t, { engine, jacobians: 2 })
        expect(u.findings, name).toEqual([])
        expect(u.theorem?._tag, name).toMatch(t.columns.length > 1 ? /ConstantDeterminants/ : /InOneDimension/)
        expect(u.density.largest, name).toBeLessThan(1e-7)
        expect(u.determinant.agree, name).toBe(true)
        expect(Math.abs(Math.log(u.determinant.second.least) - logDet), name).toBeLessThan(1e-8)
        expect(Math.abs(u.meanLogDet.second.value - logDet), name).toBeLessThan(1e-8)
      }
      expect(Math.abs(mean(await logDensities(...first, t, { engine })) - linear.value)).toBeLessThan(1e-9)
    }),
    { numRuns: 12 },
  ))

test('trained from where they start, they reach it too', async () => {
  const rows = 200
  const { data: z } = normals(9, [rows, 3])
  const t: Dataset = {
    columns: ['a', 'b', 'c'],
    rows,
    data: z.map((x, e) => (e % 3 === 0 ? 0.6 * x + 0.3 : x + 0.7 * z[e - 1]!)) as Float64Array,
  }
  const ceiling = right(linearCeiling(t)).original.linear.value
  for (const [name, [flow]] of Object.entries(solved(t, 1))) {
    const { params } = await fitOrThrow(flow, t, {
      epochs: 250,
      batchSize: rows,
      learningRate: 0.05,
      finalRate: 0.002,
      validation: 0,
      seed: 2,
      engine,
    })
    const reached = mean(await logDensities(flow, params, t, { engine }))
    expect(Math.abs(ceiling - reached), name).toBeLessThan(1e-6)
  }
})
