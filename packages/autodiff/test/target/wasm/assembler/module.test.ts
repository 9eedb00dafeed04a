import { describe, expect, test } from 'vitest'
import {
  block,
  branch,
  type Code,
  call,
  callIndirect,
  constants,
  encode,
  f32,
  f32x4,
  f64,
  f64x2,
  features,
  forEach,
  func,
  global,
  i32,
  i32x4,
  imported,
  type Label,
  leave,
  local,
  print,
  sequence,
  set,
  setGlobal,
  v128,
  when,
} from '../../../../src/target/wasm/assembler/index.ts'
import type { ExportedFunction, Instance } from '../../../../src/target/wasm/platform.ts'
import { instantiate, platform, valid } from './run.ts'

/** y[i] += a x[i] over n vectors of four. */
const axpy = func('axpy', { n: 'i32', a: 'f32', x: 'i32', y: 'i32' }, 'none', ({ n, a, x, y }) => {
  const [i, xs] = [local('i32', 'i'), local('v128', 'xs')]
  const at = i32.add(y, i)
  return forEach(i, { below: i32.shl(n, 4), step: 16 }, [
    set(xs, v128.load(i32.add(x, i))),
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(xs, f32x4.splat(a)))),
  ])
})

test('kernels work on a shared memory that the platform gives, in two instances of one module', () => {
  const shared = new platform.Memory({ initial: 2, maximum: 4, shared: true })
  const count = func('count', { by: 'i32' }, 'i32', ({ by }) => i32.atomic.rmw.add(0, by))
  const module = new platform.Module(
    encode({
      memory: { minimum: 2, maximum: 4, shared: true, from: { module: 'host', field: 'memory' } },
      exports: { axpy, count },
      data: [{ at: 64, bytes: new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer) }],
    }),
  )
  const open = (): Instance => new platform.Instance(module, { host: { memory: shared } })
  const [first, second] = [open(), open()].map((i) => i.exports as Readonly<Record<string, ExportedFunction>>)
  first!.axpy!(2, 10, 64, 96)
  second!.axpy!(2, 0.5, 64, 96)
  expect([...new Float32Array(shared.buffer, 96, 8)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((x) => 10.5 * x))
  expect([first!.count!(3), second!.count!(4), first!.count!(0)]).toEqual([0, 3, 7])
})

test('functions that are called come along, each once, and imports are numbered before them', () => {
  const log = imported('host', 'log', { x: 'f64' }, 'none')
  const square = func('square', { x: 'f64' }, 'f64', ({ x }) => f64.mul(x, x))
  const quartic = func('quartic', { x: 'f64' }, 'f64', ({ x }) => call(square, { x: call(square, { x }) }))
  const run = func('run', { x: 'f64' }, 'none', ({ x }) => [call(log, { x: call(quartic, { x }) }), call(log, { x })])
  const seen: number[] = []
  const exports = { run, quartic }
  instantiate({ imports: [log], exports }, { host: { log: (x: number) => seen.push(x) } }).run(3)
  expect(seen).toEqual([81, 3])
  expect(() => encode({ exports })).toThrow("'host.log' is called, but not in the module's imports.")
})

test('arguments are passed by name', () => {
  const less = func('less', { a: 'i32', b: 'i32' }, 'i32', ({ a, b }) => i32.sub(a, b))
  const run = func('run', {}, 'i32', () => call(less, { b: 1, a: 10 }))
  expect(instantiate({ exports: { run } }).run()).toBe(9)
  expect(() => call(less, { a: 1 } as never)).toThrow("call of 'less': expected arguments {a,b}, got {a}.")
})

test('a table calls functions by number and refuses one of another type', () => {
  const double = func('double', { x: 'i32' }, 'i32', ({ x }) => i32.shl(x, 1))
  const negate = func('negate', { x: 'i32' }, 'i32', ({ x }) => i32.sub(0, x))
  const other = func('other', {}, 'none', () => [])
  const run = func('run', { which: 'i32', x: 'i32' }, 'i32', ({ which, x }) => callIndirect(['i32'], 'i32', which, [x]))
  const module = instantiate({ table: [double, negate, other], exports: { run } })
  expect([module.run(0, 21), module.run(1, 21)]).toEqual([42, -21])
  expect(() => module.run(2, 1)).toThrow()
  expect(() => module.run(3, 1)).toThrow()
})

test('globals are kept between calls', () => {
  const total = global('i32', 'total', 40)
  const add = func('add', { x: 'i32' }, 'i32', ({ x }) => sequence(setGlobal(total, i32.add(total, x)), total))
  const run = instantiate({ exports: { add } })
  expect([run.add(2), run.add(5)]).toEqual([42, 47])
  const fixed = global('f32', 'half', 0.5, false)
  expect(() => setGlobal(fixed, 1)).toThrow("the global 'half' is not mutable.")
  expect(instantiate({ exports: { half: func('half', {}, 'f32', () => fixed) } }).half()).toBe(0.5)
})

test('a module of more than a thousand functions and half a megabyte is taken and runs', () => {
  const kernels = Array.from({ length: 1500 }, (_, k) =>
    func(`kernel${k}`, { x: 'i32' }, 'none', ({ x }) => {
      const sum = local('v128', 'sum')
      return [
        ...Array.from({ length: 20 }, (_, i) => set(sum, f32x4.add(sum, f32x4.mul(v128.load(x, 16 * i), k + i)))),
        v128.store(x, sum, 4096),
      ]
    }),
  )
  const module = {
    memory: { minimum: 1, exportedAs: 'memory' },
    exports: Object.fromEntries(kernels.map((f) => [f.name, f])),
  }
  expect(encode(module).length).toBeGreaterThan(500_000)
  const run = instantiate(module)
  new Float32Array(run.memory.buffer, 0, 80).fill(1)
  run.kernel1499!(0)
  expect(new Float32Array(run.memory.buffer)[1024]).toBe(20 * 1499 + 190)
})

test('this platform has vectors, relaxed vectors and threads', () => {
  expect(features()).toEqual({ simd: true, relaxedSimd: true, threads: true })
})

describe('a mistake is named where it is made', () => {
  const p = local('f32', 'p')
  test.each<readonly [string, () => unknown, string]>([
    ['type', () => f32x4.add(p as never, 1), "f32x4.add: operand 1 must be v128, but the variable 'p' gives f32."],
    ['value', () => i32.add(1, f32.mul(p, 2) as never), 'i32.add: operand 2 must be i32, but f32.mul gives f32.'],
    [
      'literal',
      () => v128.and(1 as never, 2 as never),
      'v128.and: operand 1 must be v128; 1 cannot be written as one here.',
    ],
    [
      'count',
      () => (i32.add as (...x: unknown[]) => Code)(1),
      'i32.add: expected 2 operands (i32, i32), got 1 arguments.',
    ],
    ['lane', () => f32x4.extractLane(f32x4.const(0), 4), 'f32x4.extract_lane: expected a lane in 0 … 3, got 4.'],
    ['offset', () => f32.load(0, -4), 'f32.load: expected an offset in 0 … 2^32 - 1, got -4.'],
    ['variable', () => set(p, i32.const(1) as never), "set 'p': operand 1 must be f32, but i32.const gives i32."],
    ['statement', () => block(() => i32.const(1) as never), 'expected a statement, but i32.const gives i32'],
    [
      'result',
      () => func('f', {}, 'f32', () => i32.const(1) as never),
      'f: expected a body that gives f32, but i32.const gives i32.',
    ],
    [
      'parameter',
      () => {
        let stolen: Code<'i32'> = i32.const(0)
        func('owner', { n: 'i32' }, 'i32', ({ n }) => (stolen = n))
        encode({ exports: { thief: func('thief', {}, 'i32', () => stolen) } })
      },
      "thief: uses the parameter 'n' of another function; pass it as an argument.",
    ],
    [
      'label',
      () => {
        let gone: Label = { name: '' }
        const around = block((end) => {
          gone = end
          return []
        }, 'outside')
        encode({ exports: { f: func('f', {}, 'none', () => [around, branch(gone)]) } })
      },
      "f: branches to 'outside' from outside of it.",
    ],
    [
      'leave',
      () => encode({ exports: { f: func('f', {}, 'none', () => leave(i32.const(1))) } }),
      'f: expected to leave with none, got i32.',
    ],
    ['memory', () => encode({ memory: { minimum: 1, shared: true }, exports: {} }), 'shared memory needs a maximum'],
  ])('%s', (_name, make, message) => {
    expect(make).toThrow(message)
  })
})

test('vector constants kept in memory have the values that they have in the code, each in one place', () => {
  const vectors = [
    f32x4.const(0.1),
    f64x2.const(0.1),
    i32x4.const(-7),
    i32x4.const(-1),
    f32x4.const(0),
    v128.const(Uint8Array.from({ length: 16 }, (_, i) => i)),
    f64x2.const(-2.5),
    f32x4.const(0.1),
  ]
  const written = func('written', {}, 'none', () => vectors.map((x, i) => v128.store(0, x, 16 * i)))
  const memory = { minimum: 1, exportedAs: 'memory' }
  const bytesOf = (room: object): Uint8Array => {
    const run = instantiate({ memory, exports: { written }, ...room })
    run.written()
    return new Uint8Array(run.memory.buffer).slice(0, 2048)
  }
  const inCode = bytesOf({})
  const inMemory = bytesOf({ constants: constants({ at: 1024, bytes: 64 }) })
  expect(inMemory.slice(0, 128)).toEqual(inCode.slice(0, 128))
  expect(inMemory.slice(1088).every((byte) => byte === 0)).toBe(true)
  // What does not fit into the room is written into the code.
  const inBoth = bytesOf({ constants: constants({ at: 1024, bytes: 20 }) })
  expect(inBoth.slice(0, 128)).toEqual(inCode.slice(0, 128))
  expect(inBoth.slice(1044).every((byte) => byte === 0)).toBe(true)
})

test('an offset may be as large as memory', () => {
  expect(valid({ memory: { minimum: 1 }, exports: { f: func('f', {}, 'f32', () => f32.load(0, 2 ** 32 - 4)) } })).toBe(
    true,
  )
})

test('a function is printed one line a statement, what it computes once under a name', () => {
  const kernel = func('kernel', { n: 'i32', x: 'i32' }, 'i32', ({ n, x }) => {
    const i = local('i32', 'i')
    const twice = f32x4.mul(v128.load(i32.add(x, i), 32), 2)
    return sequence(
      [
        forEach(i, { below: n, step: 16 }, v128.store(x, f32x4.add(twice, twice))),
        when(i32.eqz(n), leave(n), set(i, n)),
      ],
      i,
    )
  })
  expect(print(kernel)).toBe(
    `func $kernel (param $n i32) (param $x i32) (result i32)
  sequence
    (local.set $i (i32.const 0))
    (block @end)
      (br_if @end (i32.ge_s $i $n))
      (loop @i)
        (v128.store $x (f32x4.add %1=(f32x4.mul (v128.load offset=32 (i32.add $x $i)) (v128.const 0x40000000)) %1))
        (br_if @i (i32.lt_s (local.tee $i (i32.add $i (i32.const 16))) $n))
    (if (i32.eqz $n))
      (return $n)
    else
      (local.set $i $n)
    $i`,
  )
})
