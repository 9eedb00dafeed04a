import { type Engine, type Example, input, lanes, mul, open, openReference, sum, valueAndGrad } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchSource } from '../../src/train/batchSource.ts'
import { normalTable } from './table.ts'

const table = normalTable(150, [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1])
const shapes = [[6], [2, 3], [3, 2, 1]] as const
const inside = (shape: readonly number[]) => batchSource(table, shape)
const outside = (shape: readonly number[]) => batchSource(table, shape, 0)
const batches = fc
  .array(fc.nat(table.rows - 1), { minLength: 1, maxLength: 200, size: 'max' })
  .map((rows) => Uint32Array.from(rows))

/** On one engine: the batch itself, and what a step makes of it. */
const programs = async (engine: Engine, shape: readonly number[], source: ReturnType<typeof inside>) => {
  const rows = await engine.compile(source.batch, source.signature)
  const w = input(shape)
  const step = await engine.compile(
    (at: { readonly w: typeof w; readonly given: Example }) => {
      const x = source.batch(at.given)
      const [loss, slope] = valueAndGrad((v: typeof w) => lanes.mean(sum(mul(mul(v, x), mul(v, x)))))(at.w)
      return { loss, slope }
    },
    { w, given: source.signature },
  )
  return { rows, step }
}

test('a batch is its rows, and a step gives the same bits, whether the table lies in the program or rows are copied in', async () => {
  for (const engine of [openReference(), await open('wasm', { threads: 2 })]) {
    for (const shape of shapes) {
      const ways = await Promise.all(
        [inside(shape), outside(shape)].map(async (source) => ({ source, ...(await programs(engine, shape, source)) })),
      )
      const weights = { data: Float64Array.from({ length: 6 }, (_, i) => Math.cos(i)), shape }
      await fc.assert(
        fc.asyncProperty(batches, async (places) => {
          const found = ways.map(({ source, rows, step }) => {
            const given = source.given(places)
            const batch = engine.readSync!(rows.runSync!(given) as never)
            const { loss, slope } = step.runSync!({ w: weights, given }) as Readonly<Record<string, never>>
            return { batch, made: [loss, slope].map((x) => Array.from(engine.readSync!(x!).data)) }
          })
          const expected = Array.from({ length: 6 * places.length }, (_, at) => {
            const cell = table.data[places[at % places.length]! * 6 + Math.floor(at / places.length)]!
            return engine.precision === 'float32' ? Math.fround(cell) : cell
          })
          for (const { batch } of found) expect([batch.shape, Array.from(batch.data)]).toEqual([shape, expected])
          expect(found[0]!.made).toEqual(found[1]!.made)
        }),
        { numRuns: 10 },
      )
    }
    engine.dispose()
  }
})

test('with the table in the program a step is given nothing but the numbers of its rows, and nothing runs on the host', async () => {
  const engine = await open('wasm', { threads: 1 })
  const source = inside([6])
  expect(source.given(Uint32Array.of(3, 149, 3))).toEqual({ data: Int32Array.of(3, 149, 3), shape: [], lanes: 3 })
  const { step } = await programs(engine, [6], source)
  expect(step.explain()).toContain('on the host: nothing')
  engine.dispose()
})
