import { describe, expect, test } from 'vitest'
import { engineMemory } from '../../../src/target/wasm/memory.ts'
import { webAssembly } from '../../../src/target/wasm/platform.ts'
import { browserThreads, type Scope } from '../../../src/target/wasm/threads/browser.ts'
import { poolOf } from '../../../src/target/wasm/threads/pool.ts'

const worker: Scope = {
  Worker: class {},
  SharedArrayBuffer,
  crossOriginIsolated: true,
  navigator: { hardwareConcurrency: 6 },
}

describe('a browser', () => {
  test('has threads where memory may be shared, and says why where it has none', () => {
    expect(browserThreads(worker)).toMatchObject({ cores: 6, maySleep: true })
    const why = 'page is not cross-origin isolated'
    expect(browserThreads({ ...worker, crossOriginIsolated: false })).toEqual({ cores: 6, why })
    expect(browserThreads({ ...worker, SharedArrayBuffer: undefined })).toEqual({ cores: 6, why })
    expect(browserThreads({})).toEqual({ cores: 1, why: 'this platform has no more' })
  })

  test('never lets the thread of a page sleep', () => {
    expect(browserThreads({ ...worker, document: {} })).toMatchObject({ maySleep: false })
  })
})

describe('threads that start while their caller waits for them', () => {
  const poolWith = (start: (failed: (message: string) => void) => Promise<void>) => {
    let started = 0
    const pool = poolOf(engineMemory(webAssembly!, true), 3, {
      maySleep: true,
      startsInTurn: true,
      start: (_, failed) => {
        started++
        return start(failed)
      },
    })
    return { pool, started: () => started }
  }

  test('are waited for, and started once', async () => {
    const up: (() => void)[] = []
    const { pool, started } = poolWith(() => new Promise((isUp) => up.push(isUp)))
    let isReady = false
    const ready = pool.ready().then(() => {
      isReady = true
    })
    up[0]!()
    await null
    await null
    expect([started(), isReady]).toEqual([2, false])
    up[1]!()
    await ready
    await pool.ready()
    expect([started(), isReady]).toEqual([2, true])
    pool.dispose()
  })

  test('and cannot, are an error then', async () => {
    const { pool } = poolWith(async (failed) => failed('no such file'))
    await expect(pool.ready()).rejects.toThrow("threads: one of the engine's 3 threads failed: no such file")
    pool.dispose()
  })
})
