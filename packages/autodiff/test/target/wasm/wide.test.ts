import { expect, test, vi } from 'vitest'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { pairVectors } from '../../../src/target/wasm/pairing.ts'
import { trialOn } from '../../../src/target/wasm/trial.ts'
import { conformance } from '../conformance.ts'

// The compiler is told once for a whole process, which this file has to itself.

test('a change of results is found, and then the vectors stay as they are', async () => {
  vi.resetModules()
  const { pairVectors: fresh } = await import('../../../src/target/wasm/pairing.ts')
  expect(fresh((isOn) => Float64Array.of(1, isOn ? 2 : 3))).toEqual({
    isOn: false,
    why: 'vectors of 256 bits failed their check',
  })
  expect(fresh(() => Float64Array.of(1))).toMatchObject({ isOn: false })
})

test('an engine that was asked for 256 bits says whether it has them, and gives the same bits', () => {
  const plain = trialOn(openWasm({ threads: 2 }, { worth: 0 }))
  const wide = openWasm({ threads: 2, wide: true }, { worth: 0 })
  expect(wide.mode).toMatch(/256 bits/)
  expect(trialOn(wide)).toEqual(plain)
  expect(pairVectors(() => Float64Array.of(0)).isOn).toBe(!/need|failed/.test(wide.mode))
})

conformance('the WebAssembly engine with vectors of 256 bits', async () => openWasm({ threads: 1, wide: true }), {
  precision: 'float32',
  mode: /256 bits/,
  runs: 3,
})
