import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type EngineOptions, open } from '../../src/index.ts'

/** The mode of `open('auto')` in a process of its own, where `change` has been done to the platform before. */
const modeWhere = (change: string, options: EngineOptions = {}): string => {
  // Node itself reads TypeScript by WebAssembly, which it has to have before it is taken away.
  const program = `
    await import('./src/error.ts')
    ${change}
    const { open } = await import('@diffeo/autodiff')
    const engine = await open('auto', ${JSON.stringify(options)})
    console.log(engine.target + ': ' + engine.mode)
    engine.dispose()`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.trim()
}

describe("open('auto')", () => {
  test('is WebAssembly with vectors where there is one, with the threads that are asked for, and says so', async () => {
    const engine = await open('auto', { threads: 1, fma: false })
    expect(engine.target).toBe('wasm')
    expect(engine.mode).toBe('wasm simd float32 1 thread (auto: WebAssembly with vectors is here)')
    engine.dispose()
  })

  test.each([
    ['there is no WebAssembly', 'delete globalThis.WebAssembly', 'this platform has no WebAssembly'],
    [
      'WebAssembly has no vectors',
      'globalThis.WebAssembly.validate = () => false',
      "this platform's WebAssembly has no vectors",
    ],
    [
      'a page forbids to compile it',
      "globalThis.WebAssembly.Module = class { constructor() { throw new Error('refused') } }",
      'this page may not compile WebAssembly',
    ],
  ])('is the reference where %s, and says why', (_, change, why) => {
    expect(modeWhere(change)).toBe(`reference: reference float64 1 thread (auto: ${why})`)
  })

  test('throws what is wrong with an option, and picks nothing in its place', async () => {
    await expect(open('auto', { threads: 0 })).rejects.toThrow('expected a number of threads in 1 … 64, got 0')
  })
})
