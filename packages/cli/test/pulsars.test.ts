import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Child, folder, run } from './command.ts'

const MAIN = 'pulsars/main.ts'

test('the pulsars job gives one JSON object with the known Gaussians and ceilings of HTRU2, and two models', async () => {
  const here = folder()
  const { status, out, err } = await run(here, ['--epochs', '1', '--json'], undefined, MAIN)
  expect(status).toBe(0)
  expect(err).toMatch(/^all candidates: epoch 1\/1, .*\nwithout pulsars: epoch 1\/1, .*\n$/)
  const report = JSON.parse(out)
  expect(report).toMatchObject({
    rows: { training: 14320, validation: 1789, test: 1789 },
    sought: 'target_class=pulsar',
    model: 'out/pulsars',
    rowsOutsideBox: 0,
    warnings: [],
    search: { rows: { training: 13016, validation: 1609 }, model: 'out/pulsars-search' },
  })
  // Measured elsewhere, with other libraries.
  expect(report.gaussianTest.independent).toBeCloseTo(-11.551, 3)
  expect(report.gaussianTest.full).toBeCloseTo(-6.531, 3)
  expect(report.ceilings.independentGaussian).toBeCloseTo(-11.352, 3)
  expect(report.ceilings.linear).toBeCloseTo(-6.349, 3)
  expect(report.gaussianAuc).toBeCloseTo(0.9579, 4)
  expect(report.gaussianAveragePrecision).toBeCloseTo(0.86, 3)
  expect(report.testLogLikelihood).toBeGreaterThan(report.gaussianTest.full)
  for (const model of ['pulsars', 'pulsars-search'])
    expect(readdirSync(join(here, 'out', model)).sort()).toEqual([
      'contents.json',
      'model.json',
      'summary.txt',
      'weights.bin',
    ])
}, 60_000)

test('Ctrl-C in the pulsars job ends with status 130 and leaves nothing', async () => {
  const here = folder()
  let pressed = false
  const press = (err: string, child: Child): void => {
    if (!pressed && err.includes('epoch ')) pressed = child.kill('SIGINT')
  }
  expect(await run(here, ['--epochs', '50'], press, MAIN)).toEqual({
    status: 130,
    out: '',
    err: expect.stringMatching(/\npulsars: stopped; nothing was written\.\n$/),
  })
  expect(readdirSync(here)).toEqual([])
}, 60_000)
