import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Example,
  example,
  greater,
  type HostArray,
  lanes,
  openReference,
  type Resident,
} from '../../../src/index.ts'
import type { SyncEngine } from '../../../src/target/shell.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'

type Engine = SyncEngine<object>
/** However small the work is, it is shared out. */
const open =
  (precision: 'float32' | 'float64') =>
  (threads: number): Engine =>
    openWasm({ threads, precision }, { worth: 0 })
const engines = [[1, 2, 3, 8].map(open('float32')), [1, 2].map(open('float64'))]
afterAll(() => {
  for (const engine of engines.flat()) engine.dispose()
})

/** Every join, of floats and of integers. */
const joinsOf = ({ x, n }: { readonly x: Example; readonly n: Example }) => ({
  sum: lanes.sum(x),
  mean: lanes.mean(x),
  variance: lanes.variance(x),
  min: lanes.min(x),
  max: lanes.max(x),
  logSumExp: lanes.logSumExp(x),
  any: lanes.any(greater(x, 2)),
  ints: lanes.sum(n),
  least: lanes.min(n),
  most: lanes.max(n),
})

const SIZE = 5
type Results = (x: HostArray, n: HostArray) => Readonly<Record<string, readonly number[]>>
const resultsOf = (engine: Engine): Results => {
  const program = engine.compileSync(joinsOf, { x: example([SIZE]), n: example([SIZE], 'int') })
  if (engine.mode.startsWith('wasm')) expect(program.explain()).toContain('on the host: nothing')
  return (x, n) => {
    const found = program.runSync({ x, n }) as Readonly<Record<string, Resident>>
    return Object.fromEntries(Object.entries(found).map(([name, r]) => [name, Array.from(engine.readSync(r).data)]))
  }
}
const results = engines.map((format) => format.map(resultsOf))

const floats = (lanes: number, values: readonly number[]): HostArray => ({
  data: Float64Array.from({ length: SIZE * lanes }, (_, i) => values[i % values.length]!),
  shape: [SIZE],
  lanes,
})
const ints = (count: number): HostArray => ({
  data: Int32Array.from({ length: SIZE * count }, (_, i) => Math.imul(i, 0x9e3779b9)),
  shape: [SIZE],
  lanes: count,
})

describe('joins', () => {
  test('give the same bits for 1, 2, 3 and 8 threads, whatever the number of examples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2500 }),
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 11 }),
        (count, values) => {
          for (const format of results) {
            const [first, ...others] = format.map((run) => run(floats(count, values), ints(count)))
            for (const other of others) expect(other).toEqual(first)
          }
        },
      ),
      { numRuns: 5 },
    )
  })

  test.each([
    ['numbers that grow', Array.from({ length: 997 }, (_, i) => i / 10)],
    ['infinities', [1, Infinity, 2, -1, 0.5, -2, 3]],
    ['infinities of both signs', [1, Infinity, 2, -1, -Infinity, -2, 3]],
    ['nothing but -Infinity', [-Infinity]],
    ['an element that is not a number', [1, 2, 3, 4, 5, 6, 7, 8, NaN, 10, 11]],
  ])('mean what the reference says of %s', (_, values) => {
    const reference = resultsOf(openReference())
    for (const count of [1, 70, 200]) {
      const exact = reference(floats(count, values), ints(count))
      for (const [first] of results) {
        const found = first!(floats(count, values), ints(count))
        for (const [name, numbers] of Object.entries(exact))
          numbers.forEach((y, e) => {
            const x = found[name]![e]!
            if (Number.isFinite(y))
              expect(Math.abs(x - y), `${name} of ${count}`).toBeLessThanOrEqual(1e-5 * Math.abs(y))
            else expect(x, `${name} of ${count}`).toBe(y)
          })
      }
    }
  })

  test('of values far from 0 keep the digits of their variance', () => {
    const values = [1000.25, 1000.5, 1000.75, 1001]
    const { variance } = results[0]![0]!(floats(4 * 300, values), ints(4 * 300))
    // Element e sees every fourth value from (1200 e) mod 4 = 0 on: each of the four 300 times.
    for (const v of variance!) expect(v).toBeCloseTo(0.078125, 6)
  })
})
