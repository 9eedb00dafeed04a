import { join } from 'node:path'
import { affine, over, standardNormal, type theory } from '@diffeo/flows'
import { saveModel } from '@diffeo/flows/export'
import { describe, expect, test } from 'vitest'
import { pageOf } from '../../src/check/page.ts'
import { explain, statusOf } from '../../src/error.ts'
import { call, csv, folder } from '../command.ts'

/** A saved model z = 2 x of two columns, whose stretch is 2 everywhere. */
const doubling = async (into: string): Promise<string> => {
  const path = join(into, 'model')
  const both = (x: number) => ({ data: Float64Array.of(x, x), shape: [2] })
  const params = { bijector: { shift: both(0), logScale: both(Math.LN2) }, base: {} }
  await saveModel(path, {
    flow: over(standardNormal(2))(affine(2)) as never,
    params: params as never,
    columns: ['a', 'b'],
    metadata: null,
  })()
  return path
}
/** Two columns that this model fits: normals of half a standard deviation, from a fixed sequence. */
const halves = (n: number): readonly (readonly (number | string)[])[] => {
  let state = 7
  const next = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  return [['a', 'b', 'name'], ...Array.from({ length: n }, (_, i) => [0.5 * normal(), 0.5 * normal(), `row${i}`])]
}

const checked = async (...args: readonly string[]) => {
  const { status, out, err } = await call(['check', ...args, '--json'])
  expect({ status, err }).toEqual({ status: 0, err: '' })
  return JSON.parse(out) as theory.Certificate & { readonly model: string; readonly data: string | null }
}

describe('diffeo check', () => {
  test('gives the stretch of a model that doubles, its bounds, and nothing to advise, on rows of a file', async () => {
    const here = folder()
    const [model, file] = [await doubling(here), join(here, csv(here, halves(2000)))]
    const c = await checked(model, file, '--look', '50')
    expect(c).toMatchObject({
      model,
      data: file,
      rows: 2000,
      looked: 50,
      findings: [],
      advice: [],
      columns: ['a', 'b'],
    })
    const { box, everywhere } = c.bounds
    for (const bound of [box, everywhere]) {
      expect(bound.forward).toBeCloseTo(2, 6)
      expect(bound.inverse).toBeCloseTo(0.5, 6)
    }
    expect(c.least.inverse).toBeGreaterThan(0.45)
    expect(c.local.sample.largest.most).toBeCloseTo(2, 12)
  })

  test('looks at rows drawn from the model where no file is given, and prints a page', async () => {
    const here = folder()
    const model = await doubling(here)
    const { status, out, err } = await call(['check', model])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('4,096 rows drawn from it')
    expect(out).toMatch(/bound everywhere +2 +0\.5\n/)
    expect(out).toContain('No advice')
    expect(out).not.toMatch(/undefined|NaN|\[object/)
  })

  test('advises where the rows are others than the model is made for', async () => {
    const here = folder()
    const wide = halves(2000).map((row) => row.map((x) => (typeof x === 'number' ? 10 * x : x)))
    const { status, out } = await call(['check', await doubling(here), join(here, csv(here, wide))])
    expect(status).toBe(0)
    expect(out).toMatch(/Advice:\n- Loosen the constraint on the inverse/)
    expect(out).toContain('End with a layer whose scale is free')
  })

  test('a statement that does not hold ends with status 1 and one line that names it', async () => {
    const findings = ['The map stretches by 3 at row 5, more than its bound.']
    const error = { _tag: 'Unsound', path: 'out/x', findings } as const
    expect(statusOf(error)).toBe(1)
    expect(explain(error)).toBe(`out/x: ${findings[0]}`)
    const here = folder()
    const c = await checked(await doubling(here))
    const finding = { _tag: 'BoundExceeded', direction: 'forward', row: 5, bound: 2, found: 3 } as const
    expect(pageOf('out/x', undefined, { ...c, findings: [finding] }).join('\n')).toMatch(/Does not hold:\n- .*row 5/)
  })

  test('a model or a file that is not there ends with status 1 and one line', async () => {
    const here = folder()
    const missing = await call(['check', join(here, 'no-model')])
    expect(missing).toEqual({ status: 1, out: '', err: expect.stringMatching(/^diffeo check: .*\n$/) })
    const noFile = await call(['check', await doubling(here), join(here, 'none.csv')])
    expect(noFile).toEqual({ status: 1, out: '', err: expect.stringMatching(/^diffeo check: .*none\.csv.*\n$/) })
  })
})
