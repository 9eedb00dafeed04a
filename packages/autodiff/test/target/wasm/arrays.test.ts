import fc from 'fast-check'
import { expect, test } from 'vitest'
import { example, lanes, mul, open, type Resident } from '../../../src/index.ts'
import { arraysIn, type Held } from '../../../src/target/wasm/arrays.ts'
import { engineMemory } from '../../../src/target/wasm/memory.ts'
import { webAssembly } from '../../../src/target/wasm/platform.ts'

const MOST = 2 ** 16

/** Arrays to hold, by length, and the place (among those held) of one to free. */
const moves = fc.array(
  fc.oneof(
    fc.record({ take: fc.integer({ min: 0, max: 5000 }), adopted: fc.boolean() }),
    fc.record({ give: fc.nat() }),
  ),
  { maxLength: 60 },
)

test('arrays stay what they are, inside or outside of memory, and take no more of it than is allowed', () =>
  fc.assert(
    fc.property(moves, (steps) => {
      const memory = engineMemory(webAssembly!)
      const arrays = arraysIn(memory, MOST)
      const held: { readonly array: Held; readonly words: Int32Array }[] = []
      steps.forEach((step, i) => {
        if ('take' in step) {
          const words = Int32Array.from({ length: step.take }, (_, k) => 1000 * i + k)
          const from = memory.allocate(words.length * 4)
          memory.ints().set(words, from / 4)
          const array = step.adopted ? arrays.adopt(from, words.length) : arrays.copy(from, words.length)
          if (!step.adopted) memory.release(from)
          held.push({ array, words })
        } else if (held.length > 0) arrays.free(held.splice(step.give % held.length, 1)[0]!.array)
        expect(memory.held()).toBeLessThanOrEqual(MOST)
        for (const { array, words } of held) expect(Array.from(arrays.read(array))).toEqual(Array.from(words))
      })
      for (const { array } of held) arrays.free(array)
      expect(memory.held()).toBe(0)
    }),
    { numRuns: 30 },
  ))

test('results that nobody releases do not fill the memory, though the program never pauses', async () => {
  const engine = await open('wasm', { threads: 1 })
  const program = await engine.compile(({ x }) => ({ y: mul(x, 2), total: lanes.sum(x) }), { x: example([16]) })
  const x = engine.upload({ data: new Float32Array(2 ** 20).fill(1), shape: [16], lanes: 2 ** 16 })
  let last = {} as { readonly y: Resident; readonly total: Resident }
  const run = (times: number): number => {
    for (let i = 0; i < times; i++) last = program.runSync!({ x }) as typeof last
    return process.memoryUsage().rss
  }
  // 4 MiB each. How much the collector lets pile up before it looks is its own affair, and depends on who else is on the
  // machine; but it must not grow with the 2.4 GiB of the second round.
  const before = run(300)
  expect(run(600) - before).toBeLessThan(2 ** 30)
  expect(engine.readSync!(last.y).data[5]).toBe(2)
  expect(engine.readSync!(last.total).data[0]).toBe(2 ** 16)
})
