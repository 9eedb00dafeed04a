import fc from 'fast-check'
import { expect, test } from 'vitest'
import { engineMemory } from '../../../src/target/wasm/memory.ts'
import { webAssembly } from '../../../src/target/wasm/platform.ts'

/** Sizes to allocate, and the place (among those held) of one to release. */
const moves = fc.array(
  fc.oneof(fc.record({ take: fc.integer({ min: 0, max: 200_000 }) }), fc.record({ give: fc.nat() })),
  {
    maxLength: 60,
  },
)

test('blocks never overlap, and all of the memory comes back', () =>
  fc.assert(
    fc.property(moves, (steps) => {
      const memory = engineMemory(webAssembly!)
      const held: { readonly start: number; readonly bytes: number }[] = []
      for (const step of steps) {
        if ('take' in step) {
          const start = memory.allocate(step.take)
          expect(start % 64).toBe(0)
          expect(start).toBeGreaterThan(0)
          expect(start + step.take).toBeLessThanOrEqual(memory.memory.buffer.byteLength)
          for (const other of held)
            expect(start >= other.start + other.bytes || start + step.take <= other.start).toBe(true)
          held.push({ start, bytes: Math.max(1, step.take) })
        } else if (held.length > 0) {
          const [gone] = held.splice(step.give % held.length, 1)
          memory.release(gone!.start)
        }
      }
      for (const { start } of held) memory.release(start)
      expect(memory.held()).toBe(0)
    }),
    { numRuns: 50 },
  ))

test('memory that is given back is used again: a thousand programs need no more than one', () => {
  const memory = engineMemory(webAssembly!)
  memory.release(memory.allocate(3_000_000))
  const before = memory.memory.buffer.byteLength
  for (let i = 0; i < 1000; i++) {
    const blocks = [memory.allocate(2_000_000), memory.allocate(1000), memory.allocate(500_000)]
    for (const block of blocks) memory.release(block)
  }
  expect(memory.memory.buffer.byteLength).toBe(before)
})

test('a block that is not held cannot be given back', () => {
  expect(() => engineMemory(webAssembly!).release(64)).toThrow('no block begins at 64')
})
