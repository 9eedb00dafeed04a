import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Outcome } from './inside/vitest.ts'
import type { Given } from './programs/conformance.ts'
import train, { type Training } from './programs/training.ts'
import { nameOf, PLACES, type Place, stageFor } from './stage.ts'

const run = stageFor(join(import.meta.dirname, 'programs'))
/** What `mode` says where two threads are asked for. */
const threads = ({ isolated }: Place): string =>
  isolated ? '2 threads' : '1 thread (page is not cross-origin isolated)'

describe('the WebAssembly engine in a browser', () => {
  PLACES.forEach((place, i) => {
    test(`conforms in ${nameOf(place)}`, async (context) => {
      const mode = `^wasm simd( relaxed)? float32 ${threads(place).replace(/[()]/g, '\\$&')}$`
      // Few cases, but each place has its own.
      const seed = Number(process.env.DIFFEO_SEED ?? 1) * PLACES.length + i
      const runs = Number(process.env.DIFFEO_BROWSER_RUNS ?? 2)
      const given = { seed, runs, threads: 2, mode }
      const outcome = await run<Given, Outcome>(context, 'conformance', place, given)
      expect(outcome.failures).toEqual([])
      expect(outcome.passed).toBeGreaterThan(150)
    })
  })

  test('names the file that threads run where it is not served, when the first program is compiled', async (context) => {
    expect(await run(context, 'lost', PLACES[0]!, null)).toBe(
      "threads: one of the engine's 3 threads failed: browserWorker.js could not be loaded; serve it, or open the engine with threads: 1",
    )
  })
})

describe('a training without fused multiply-add', () => {
  const here = train({ threads: 2 })
  test('lowers its loss', async () => {
    const [first, second] = new Float32Array(Int32Array.from((await here).bits).buffer)
    expect(first).toBeGreaterThan(second!)
    expect(second).toBeGreaterThan(0)
  })
  const agrees = (name: string, place: Place): void =>
    test(`gives the same bits in ${name} as in Node`, async (context) => {
      const there = await run<object, Training>(context, 'training', place, { threads: 2 })
      expect(there.mode).toBe(`wasm simd float32 ${threads(place)}`)
      expect(there.helped > 0).toBe(place.isolated)
      expect(there.bits).toEqual((await here).bits)
    })
  for (const place of PLACES) agrees(nameOf(place), place)
  agrees('a page of plain modules', { ...PLACES[0]!, bundled: false })
})
