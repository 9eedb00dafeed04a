import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { moons } from '@diffeo/data'
import { describe, expect, test } from 'vitest'
import { cloud, csv, folder, run } from './command.ts'

const TINY = ['--epochs', '2', '--layers', '2', '--hidden', '8', '--split', 'modulus']

/** What DESIGN promises of the JSON of a fit. */
const PROMISED = [
  'testLogLikelihood',
  'testLogLikelihoodOriginalUnits',
  'ceilings',
  'gaussianTest',
  'auc',
  'averagePrecision',
  'worstTestRow',
  'seconds',
  'epochs',
  'parameters',
  'roundTripError',
  'model',
]

describe('a fit, and what can be done with its model', () => {
  test('the JSON of a fit is one object with all that is promised, and agrees with score, sample and info', async () => {
    const here = folder()
    const file = csv(here, cloud(100))
    const fit = await run(here, ['fit', file, '--label', 'class', '--train-where', 'class=plain', ...TINY, '--json'])
    expect(fit.status).toBe(0)
    expect(fit.err).toMatch(
      /^fit: epoch 1\/2, validation -?\d+\.\d{3} \(best -?\d+\.\d{3}, \d+\.\d{3} (above|below) linear\), [\d.]+ s\nfit: epoch 2\/2/,
    )
    const report = JSON.parse(fit.out)
    expect(Object.keys(report)).toEqual(expect.arrayContaining(PROMISED))
    expect(report).toMatchObject({
      model: 'out/data',
      epochs: 2,
      columns: ['x', 'y'],
      sought: 'class=odd',
      trainWhere: 'class=plain',
    })
    expect([report.engine, report.judge]).toEqual([
      expect.stringMatching(/^wasm .*float32/),
      expect.stringMatching(/^wasm .*float64/),
    ])
    expect(report.auc).toBeGreaterThan(0.9)
    expect(report.roundTripError).toBeLessThan(1e-9)

    const score = await run(here, ['score', 'out/data', file])
    const scores = score.out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number))
    expect(scores.map(([row]) => row)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    const judged = scores.filter(([row]) => row! % 10 === 9 && row! % 50 !== 9).map(([, density]) => density!)
    const mean = judged.reduce((sum, x) => sum + x, 0) / judged.length
    expect(mean).toBeCloseTo(report.testLogLikelihoodOriginalUnits, 10)
    expect(Math.min(...judged) + report.testLogLikelihood - mean).toBeCloseTo(report.worstTestRow.logLikelihood, 10)
    const asJson = JSON.parse((await run(here, ['score', 'out/data', file, '--json'])).out)
    expect(asJson.logDensities).toEqual(scores.map(([, density]) => density))

    const info = JSON.parse((await run(here, ['info', 'out/data', '--json'])).out)
    expect(info).toMatchObject({
      columns: ['x', 'y'],
      layers: ['standardise', 'coupling', 'coupling'],
      parameters: report.parameters,
      report,
    })
    const page = (await run(here, ['info', 'out/data'])).out
    for (const mode of [report.engine, report.judge]) expect(page).toContain(mode)

    const sample = await run(here, ['sample', 'out/data', '--rows', '5', '--seed', '3'])
    expect(sample.out.split('\n')[0]).toBe('x,y')
    const more = JSON.parse((await run(here, ['sample', 'out/data', '--rows', '9', '--seed', '3', '--json'])).out)
    expect(sample.out).toBe(
      `x,y\n${more.rows
        .slice(0, 5)
        .map((row: number[]) => `${row.join(',')}\n`)
        .join('')}`,
    )
  })

  test('the text of a fit is what its summary.txt holds, and the place of the model', async () => {
    const here = folder()
    const { status, out } = await run(here, [
      'fit',
      csv(here, cloud(60)),
      '--out',
      'deep/down/model',
      ...TINY,
      '--epochs',
      '1',
    ])
    expect(status).toBe(0)
    expect(out).toBe(`${readFileSync(join(here, 'deep/down/model/summary.txt'), 'utf8')}\nModel: deep/down/model\n`)
  })

  test('one column works with maf', async () => {
    const here = folder()
    const file = csv(here, cloud(60))
    const { status, out } = await run(here, ['fit', file, '--columns', 'y', '--flow', 'maf', ...TINY, '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ columns: ['y'], auc: null, flow: { kind: 'maf', layers: 2, hidden: [8] } })
  })

  test('a toy density is fitted like a file, and told how far it is below the exact density, also while it trains', async () => {
    const here = folder()
    const { status, out, err } = await run(here, ['fit', 'toy:moons:200', ...TINY, '--epochs', '2', '--json'])
    expect(status).toBe(0)
    const report = JSON.parse(out)
    expect(report.exact.originalUnits).toBe(-moons.entropy)
    expect(report.belowExact).toBeCloseTo(-moons.entropy - report.testLogLikelihoodOriginalUnits, 9)
    expect(report).toMatchObject({ data: 'toy:moons:200', model: 'out/toy-moons-200', columns: ['x', 'y'] })
    expect(err).toMatch(/best -?\d+\.\d{3}, \d+\.\d{3} (above|below) linear, \d+\.\d{3} below exact\)/)
    expect(readFileSync(join(here, 'out/toy-moons-200/summary.txt'), 'utf8')).toMatch(/nats below the exact density/)
  })

  test('the same seed gives the same model, another seed another', async () => {
    const weights = async (...seed: readonly string[]): Promise<Buffer> => {
      const here = folder()
      expect((await run(here, ['fit', csv(here, cloud(60)), '--flow', 'realnvp', ...TINY, ...seed])).status).toBe(0)
      return readFileSync(join(here, 'out/data/weights.bin'))
    }
    const [a, b, c] = [await weights(), await weights('--seed', '0'), await weights('--seed', '1')]
    expect(a.equals(b)).toBe(true)
    expect(a.equals(c)).toBe(false)
  })
})
