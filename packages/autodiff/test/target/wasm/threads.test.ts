import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { planOf } from '../../../src/compile/plan.ts'
import { trace } from '../../../src/compile/trace.ts'
import {
  einsum,
  example,
  type HostArray,
  input,
  lanes,
  mul,
  type Resident,
  random,
  relu,
  square,
  sub,
  sum,
  valueAndGrad,
} from '../../../src/index.ts'
import type { SyncEngine, SyncProgram } from '../../../src/target/shell.ts'
import { arraysIn } from '../../../src/target/wasm/arrays.ts'
import type { Body, Local } from '../../../src/target/wasm/assembler/code.ts'
import { constants } from '../../../src/target/wasm/assembler/constants.ts'
import { unreachable } from '../../../src/target/wasm/assembler/control.ts'
import { forEach } from '../../../src/target/wasm/assembler/counted.ts'
import { func } from '../../../src/target/wasm/assembler/function.ts'
import { local } from '../../../src/target/wasm/assembler/variables.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { link } from '../../../src/target/wasm/link.ts'
import { machineOf } from '../../../src/target/wasm/machine.ts'
import { engineMemory } from '../../../src/target/wasm/memory.ts'
import { moduleBytes } from '../../../src/target/wasm/module.ts'
import { webAssembly } from '../../../src/target/wasm/platform.ts'
import { prepare, sharesOf } from '../../../src/target/wasm/program.ts'
import { nodeThreads } from '../../../src/target/wasm/threads/node.ts'
import { partName, poolOf } from '../../../src/target/wasm/threads/pool.ts'
import { median } from './median.ts'

type Engine = SyncEngine<object>
const COUNTS = [1, 2, 3, 8] as const
/** However small the work is, it is shared out. */
const openWith = (threads: number): Engine => openWasm({ threads }, { worth: 0 })
const engines = new Map(COUNTS.map((threads) => [threads, openWith(threads)]))
afterAll(() => {
  for (const engine of engines.values()) engine.dispose()
})

/** A step with sums over lanes of weights, a mean, values kept over a join, and values of every example. */
const trainingOf = (engine: Engine): SyncProgram<object> =>
  engine.compileSync(
    ({ w, x }) => {
      const f = (v: typeof w) => sum(square(relu(einsum('oi,i->o', v, x))))
      const [loss, g] = valueAndGrad((v: typeof w) => lanes.mean(f(v)))(w)
      const each = f(w)
      return { loss, w: sub(w, mul(0.01, g)), each, off: sub(each, loss), total: lanes.sum(square(sub(each, loss))) }
    },
    { w: input([6, 3]), x: example([3]) },
  )
const arrays = (count: number): { readonly w: HostArray; readonly x: HostArray } => ({
  w: { data: Float64Array.from({ length: 18 }, (_, i) => Math.cos(i)), shape: [6, 3] },
  x: { data: Float64Array.from({ length: 3 * count }, (_, i) => Math.sin(i * i)), shape: [3], lanes: count },
})
type Results = Readonly<Record<string, Resident>>
const bits = (engine: Engine, results: Results): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(Object.entries(results).map(([name, x]) => [name, Array.from(engine.readSync(x).data)]))

/** Runs until another thread has had a part of the work; says how many they had. */
const untilHelped = async (run: () => void, explain: () => string): Promise<number> => {
  for (let i = 0; ; i++) {
    run()
    const helped = Number(/other threads have run (\d+) parts/.exec(explain())![1])
    if (helped > 0 || i === 2000) return helped
    await setTimeout(1)
  }
}

describe('an engine of several threads', () => {
  test('gives the same bits on 1, 2, 3 and 8, with work done by all kinds of them', async () => {
    const programs = COUNTS.map((threads) => ({
      engine: engines.get(threads)!,
      program: trainingOf(engines.get(threads)!),
    }))
    const given = arrays(5000)
    for (const { engine, program } of programs)
      if (engine !== engines.get(1))
        expect(await untilHelped(() => program.runSync(given), program.explain)).toBeGreaterThan(0)
    const [first, ...others] = programs.map(({ engine, program }) => bits(engine, program.runSync(given) as Results))
    for (const other of others) expect(other).toEqual(first)
  })

  test('gives them for any number of examples, whole tiles or not, run after run', () => {
    const programs = COUNTS.map((threads) => trainingOf(engines.get(threads)!))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (count) => {
        const given = arrays(count)
        const [first, ...others] = programs.map((program, i) =>
          bits(engines.get(COUNTS[i]!)!, program.runSync(given) as Results),
        )
        for (const other of others) expect(other).toEqual(first)
      }),
      { numRuns: 40 },
    )
  })

  test('draws the same numbers for an example whether a call is split or not', () => {
    const engine = engines.get(3)!
    const program = engine.compileSync(
      ({ seed }) => ({ u: random.uniform(random.foldIn(seed, lanes.index()), [2]), index: lanes.index() }),
      { seed: input([2], 'int') },
    )
    const run = (count: number, offset: number): readonly (readonly number[])[] => {
      const out = program.runSync(
        { seed: { data: Int32Array.of(1, 2), shape: [2] } },
        { lanes: { count, offset } },
      ) as Results
      const [u, index] = [engine.readSync(out.u!).data, engine.readSync(out.index!).data]
      return Array.from({ length: count }, (_, l) => [index[l]!, u[l]!, u[count + l]!])
    }
    const whole = run(500, 7)
    expect(whole[0]![0]).toBe(7)
    expect([...run(130, 7), ...run(370, 137)]).toEqual(whole)
  })

  test('is as many as there are cores, up to eight, when nothing is said, and names them', () => {
    const cores = Math.min(8, nodeThreads()!.cores)
    expect(openWasm().mode).toMatch(new RegExp(`float32 ${cores} threads?$`))
    expect(openWith(3).mode).toMatch(/float32 3 threads$/)
    for (const threads of [0, 1.5, 65])
      expect(() => openWasm({ threads })).toThrow(`a number of threads in 1 … 64, got ${threads}`)
  })

  test('says which phases run on one, and why', () => {
    const engine = engines.get(2)!
    const program = engine.compileSync(({ x }) => median(x), { x: example([3]) })
    expect(program.explain()).toContain('on one, for what runs on the host: phase 0')
    expect(engine.compileSync(({ x }) => lanes.sum(x), { x: example([]) }).explain()).not.toContain('on one')
  })

  test('that was disposed of refuses to compile and to run, and its threads end', () => {
    const engine = openWith(2)
    const program = trainingOf(engine)
    const { loss } = program.runSync(arrays(200)) as Results
    engine.dispose()
    engine.dispose()
    expect(() => program.runSync(arrays(200))).toThrow('program: the engine was disposed of')
    expect(() => trainingOf(engine)).toThrow('the engine was disposed of')
    expect(engine.readSync(loss!).data[0]).toBeGreaterThan(0)
  })

  test('does not keep a process alive, disposed of or not', () => {
    const code = `
      import { openWasm } from '${import.meta.resolve('../../../src/target/wasm/engine.ts')}'
      import { example, lanes, square, sum } from '${import.meta.resolve('../../../src/index.ts')}'
      const engine = openWasm({ threads: 3 }, { worth: 0 })
      const program = engine.compileSync(({ x }) => lanes.sum(sum(square(x))), { x: example([2]) })
      const given = { x: { data: new Float32Array(2000).fill(1), shape: [2], lanes: 1000 } }
      for (let i = 0; i < 3000 && !/have run [1-9]/.test(program.explain()); i++) {
        program.runSync(given)
        await new Promise((done) => setTimeout(done, 1))
      }
      console.log(engine.readSync(program.runSync(given)).data[0], program.explain())
      if (process.argv.includes('dispose')) engine.dispose()`
    for (const how of ['dispose', 'leave']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code, how], {
        encoding: 'utf8',
        timeout: 60_000,
      })
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^2000 /)
      expect(stdout).toMatch(/other threads have run [1-9]\d* parts/)
    }
  })
})

test('threads of an engine that was dropped end', () => {
  const code = `
    import { openWasm } from '${import.meta.resolve('../../../src/target/wasm/engine.ts')}'
    import { example, lanes } from '${import.meta.resolve('../../../src/index.ts')}'
    let [started, ended] = [0, 0]
    process.on('worker', (worker) => {
      started++
      worker.on('exit', () => ended++)
    })
    const use = () => {
      const engine = openWasm({ threads: 3 }, { worth: 0 })
      const program = engine.compileSync(({ x }) => lanes.sum(x), { x: example([]) })
      program.runSync({ x: { data: new Float32Array(1000), shape: [], lanes: 1000 } })
    }
    use()
    for (let i = 0; i < 500 && ended < 2; i++) {
      await new Promise((done) => setTimeout(done, 10))
      gc()
    }
    console.log(started, ended)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect([stdout, stderr]).toEqual(['2 2\n', ''])
})

describe('threads', () => {
  /** A job of 8 parts on a pool of two: what they are on the other thread, and how long one takes on the caller. */
  const jobOf = (body: (part: Local<'i32'>) => Body, ms: number) => {
    const memory = engineMemory(webAssembly!, true)
    const bytes = moduleBytes(
      { [partName(0)]: func('part', { part: 'i32', scratch: 'i32' }, 'none', ({ part }) => body(part)) },
      memory,
      constants({ at: 0, bytes: 0 }),
    )
    const address = memory.allocate(bytes.length)
    new Uint8Array(memory.memory.buffer).set(bytes, address)
    const pool = poolOf(memory, 2, nodeThreads()!)
    const own: number[] = []
    const run = (): void =>
      pool.run(
        { program: 1_000_000, codeAddress: address, codeBytes: bytes.length, phase: 0, parts: 8 },
        64,
        (part) => {
          own.push(part)
          // Leaves the others time to have their share.
          const until = performance.now() + ms
          while (performance.now() < until);
        },
      )
    return { pool, run, own }
  }

  test('run every part once', async () => {
    const { pool, run, own } = jobOf(() => [], 2)
    for (let i = 0; i < 500 && pool.helped() === 0; i++) {
      own.length = 0
      const before = pool.helped()
      run()
      expect(own.length + pool.helped() - before).toBe(8)
      expect(new Set(own).size).toBe(own.length)
      await setTimeout(1)
    }
    expect(pool.helped()).toBeGreaterThan(0)
    pool.dispose()
  })

  test('that fail are one clear error on the caller, and the next run is not held up', async () => {
    const { pool, run } = jobOf(() => unreachable, 2)
    let message = ''
    for (let i = 0; i < 500 && message === ''; i++) {
      try {
        run()
      } catch (error) {
        message = (error as Error).message
      }
      await setTimeout(1)
    }
    expect(message).toMatch(/^threads: one of the engine's 2 threads failed: unreachable/)
    pool.dispose()
  })

  test('that keep the caller waiting longer than it works are left alone for a while', async () => {
    const i = local('i32', 'i')
    const { pool, run, own } = jobOf(() => forEach(i, { below: 200_000_000 }, []), 0.1)
    for (let k = 0; k < 500 && pool.helped() === 0; k++) {
      own.length = 0
      run()
      await setTimeout(1)
    }
    const before = pool.helped()
    expect(before).toBeGreaterThan(0)
    own.length = 0
    run()
    expect([own.length, pool.helped()]).toEqual([8, before])
    pool.dispose()
  })

  test('that cannot start are an error, not a slower run', async () => {
    const memory = engineMemory(webAssembly!, true)
    const pool = poolOf(memory, 2, {
      ...nodeThreads()!,
      start: (_, failed) => {
        failed('no such file')
        return undefined
      },
    })
    const job = { program: 1, codeAddress: 0, codeBytes: 0, phase: 0, parts: 2 }
    expect(() => pool.run(job, 64, () => {})).toThrow('failed: no such file')
    pool.dispose()
  })
})

test('a thousand programs, one after another, need no more memory than one', async () => {
  const memory = engineMemory(webAssembly!, true)
  const machine = machineOf({})
  const arrays = arraysIn(memory, 2 ** 20)
  const pool = poolOf(memory, 2, nodeThreads()!)
  const x = example([3])
  const plan = planOf(trace(({ x: given }) => lanes.sum(sum(square(given))), { x }))
  const cycle = (): void => {
    const linked = link(plan, memory, machine, 2 ** 23)
    const run = prepare(plan, linked, memory, arrays, pool, 0)
    const words = new Int32Array(Float32Array.from({ length: 3 * 400 }, (_, i) => i % 3).buffer)
    const given = arrays.hold(words)
    const [total] = run([given], { lanes: 400, offset: 0 })
    expect(new Float32Array(arrays.read(total!).slice().buffer)[0]).toBe(2000)
    arrays.free(given)
    linked.dispose()
  }
  cycle()
  const [held, bytes] = [memory.held(), memory.memory.buffer.byteLength]
  for (let i = 0; i < 1000; i++) {
    cycle()
    if (i % 10 === 0) await setTimeout(0)
  }
  expect([memory.held(), memory.memory.buffer.byteLength]).toEqual([held, bytes])
  expect(pool.helped()).toBeGreaterThan(0)
  pool.dispose()
})

test('the tiles of a run are cut into parts without regard to threads, each tile into one', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(0, 4096, 10_000_000), (tiles, stride) => {
      const shares = sharesOf(tiles, stride)
      expect(shares.parts).toBeLessThanOrEqual(stride === 0 ? 64 : 8)
      expect(shares.parts * shares.tiles).toBeGreaterThanOrEqual(tiles)
      expect((shares.parts - 1) * shares.tiles).toBeLessThan(tiles)
    }),
  ))
