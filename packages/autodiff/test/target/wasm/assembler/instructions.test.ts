import { describe, expect, test } from 'vitest'
import type { Instruction } from '../../../../src/target/wasm/assembler/code.ts'
import {
  type Code,
  f32,
  f32x4,
  f64,
  f64x2,
  fence,
  func,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  i64x2,
  memory,
  type Value,
  type ValueType,
  v128,
} from '../../../../src/target/wasm/assembler/index.ts'
import { edges, type Lane, type LaneType, lanesOf, read, write } from './lane.ts'
import { meanings } from './meanings.ts'
import { instantiate, valid } from './run.ts'
import { vectorMeanings } from './vectorMeanings.ts'

type Emitter = ((...given: readonly unknown[]) => Code) & { readonly instruction: Instruction }

const isEmitter = (x: unknown): x is Emitter => typeof x === 'function' && 'instruction' in x
const emittersIn = (family: object): readonly Emitter[] =>
  Object.values(family).flatMap((x: unknown) => (isEmitter(x) ? [x] : typeof x === 'object' && x ? emittersIn(x) : []))
const families: readonly object[] = [
  i32,
  i64,
  f32,
  f64,
  v128,
  i8x16,
  i16x8,
  i32x4,
  i64x2,
  f32x4,
  f64x2,
  memory,
  { fence },
]
const all = families.flatMap(emittersIn)
const named = all.map((emit) => [emit.instruction.name, emit] as const)

interface Access {
  readonly load: (address: number) => Value
  readonly store: (address: number, value: Value) => Code<'none'>
}
const access = { i32, i64, f32, f64, v128 } as unknown as Readonly<Record<ValueType, Access>>
const RESULT_AT = 1024
const ADDRESS = 0
const ORDER = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 31, 30, 29, 28]
const trailingOf = ({ immediate }: Instruction): readonly unknown[] =>
  ({ none: [], literal: [], memory: [16], lane: [1], memoryLane: [1, 16], shuffle: [ORDER] })[immediate]

const MEMORY = { minimum: 1, exportedAs: 'memory' }
const SHARED = { minimum: 1, maximum: 1, shared: true, exportedAs: 'memory' }

/** The instruction on operands in memory, 16 bytes apart, its value stored. */
const applied = (emit: Emitter, trailing: readonly unknown[] = trailingOf(emit.instruction)) => {
  const { operands, result, name } = emit.instruction
  const code = emit(...operands.map((type, i) => access[type].load(16 * i)), ...trailing)
  return func(name, {}, 'none', () =>
    result === 'none' ? (code as Code<'none'>) : access[result].store(RESULT_AT, code as Value),
  )
}

describe('every instruction', () => {
  test.each(named)('%s is one that the platform knows, with these operands and this result', (_name, emit) => {
    expect(valid({ memory: SHARED, exports: { probe: applied(emit) } })).toBe(true)
  })

  test('has a name of its own', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length)
  })

  test('is executed against a meaning here, unless it reads or writes memory', () => {
    const untested = named.filter(([name, { instruction }]) => {
      const [family, key] = name.split('.', 2) as [string, string]
      const known = meanings[family]?.[key] ?? vectorMeanings[family]?.[key]
      return !known && instruction.immediate !== 'memory' && instruction.immediate !== 'memoryLane'
    })
    // Free in all of its operand, so there is nothing to compare with; the platform knows it.
    expect(untested.map(([name]) => name).filter((name) => !/^i32x4.relaxed_trunc_f64x2_._zero$/.test(name))).toEqual([
      'memory.size',
      'memory.grow',
      'memory.copy',
      'memory.fill',
      'atomic.fence',
    ])
  })
})

// ---- one lane at a time

/** The types that a lane's operands and value have: by the name for scalars, by the family for vectors. */
const laneTypes = (instruction: Instruction): { from: readonly LaneType[]; to: LaneType; count: number } => {
  const [family, name] = instruction.name.split('.') as [string, string]
  const { lane, count } = lanesOf(family)
  const scalar = (type: ValueType): LaneType => (type === 'v128' ? lane : type)
  const from = instruction.operands.map(scalar)
  if (count === 1) return { from, to: instruction.result as LaneType, count }
  const integer = `i${lane.slice(1)}` as LaneType
  const isMask = /^(eq|ne|lt|gt|le|ge)$/.test(name)
  const source = /_([if]\d+)x/.exec(name)?.[1] as LaneType | undefined
  return { from: source ? [source] : from, to: isMask ? integer : lane, count }
}

const cases = (types: readonly LaneType[]): readonly (readonly Lane[])[] => {
  // Of three operands all pairs, each with a third that goes through the edges by turns.
  const [a, b, c] = types.map(edges)
  const pairs = b ? a!.flatMap((x) => b.map((y) => [x, y])) : a!.map((x) => [x])
  return c ? pairs.map((pair, i) => [...pair, c[(i * 7) % c.length]!]) : pairs
}

const agrees = (got: Lane, wanted: Lane | readonly Lane[]): boolean =>
  Array.isArray(wanted) ? wanted.length === 0 || wanted.some((w) => Object.is(got, w)) : Object.is(got, wanted)

const laneWise = named.filter(([name]) => {
  const [family, key] = name.split('.') as [string, string]
  return meanings[family]?.[key] !== undefined
})

test.each(laneWise)('%s gives what JavaScript gives, on every pair of edge values', (name, emit) => {
  const [family, key] = name.split('.') as [string, string]
  const meaning = meanings[family]![key]!
  const { from, to, count } = laneTypes(emit.instruction)
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit) } })
  const given = cases(from)
  // A shift's second operand is one number for all lanes.
  const isUniform = (k: number): boolean => count > 1 && emit.instruction.operands[k] !== 'v128'
  for (let start = 0; start < given.length; start += count) {
    const group = Array.from({ length: count }, (_, i) => given[(start + i) % given.length]!)
    from.forEach((type, k) =>
      write(memory.buffer, 16 * k, type, isUniform(k) ? [group[0]![k]!] : group.map((x) => x[k]!)),
    )
    const wanted = group.map((x) => meaning(...x.map((v, k) => (isUniform(k) ? group[0]![k]! : v))))
    if (wanted.includes('trap')) {
      expect(() => run(), `${name}(${group[0]})`).toThrow()
      continue
    }
    run()
    const got = read(memory.buffer, RESULT_AT, to, count)
    got.forEach((value, i) => {
      if (!agrees(value, wanted[i] as Lane)) expect.fail(`${name}(${group[i]}) is ${value}, not ${wanted[i]}`)
    })
  }
})

// ---- whole vectors

const wholeVectors = named.filter(([name]) => {
  const [family, key] = name.split('.') as [string, string]
  return vectorMeanings[family]?.[key] !== undefined
})

test.each(wholeVectors)('%s gives what JavaScript gives, on vectors of edge values', (name, emit) => {
  const [family, key] = name.split('.') as [string, string]
  const { from, to, trailing = [], of } = vectorMeanings[family]![key]!
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit, trailing) } })
  const { operands, result } = emit.instruction
  const lanes = (k: number, type: LaneType): number => (operands[k] === 'v128' ? 128 / Number(type.slice(1)) : 1)
  const used = from.slice(0, operands.length)
  for (let turn = 0; turn < 40; turn++) {
    const vectors = used.map((type, k) => {
      const pool = edges(type)
      if (key === 'relaxed_laneselect' && k === 2)
        return Array.from({ length: lanes(k, type) }, (_, i) =>
          type === 'i64' ? -BigInt((turn >> i) & 1) : -((turn >> i) & 1),
        )
      return Array.from({ length: lanes(k, type) }, (_, i) => pool[(turn * (k + 1) + i * (turn + 1)) % pool.length]!)
    })
    used.forEach((type, k) => write(memory.buffer, 16 * k, type, vectors[k]!))
    const wanted = of(...vectors)
    run()
    expect(read(memory.buffer, RESULT_AT, to, wanted.length), `${name} of ${vectors.join(' and ')}`).toEqual(wanted)
    if (result !== 'none') expect(wanted).toHaveLength(result === 'v128' ? 128 / Number(to.slice(1)) : 1)
  }
})

// ---- memory

const loads = named.filter(([name]) => /^(i32|i64|f32|f64|v128)(\.atomic)?\.load(?!.*_lane)/.test(name))
const SOURCE = Uint8Array.from({ length: 16 }, (_, i) => (i * 37 + 0x81) & 0xff)

/** The bytes that a load makes of those it reads, by its name: width, sign, splat, zero. */
const loaded = (name: string): Uint8Array => {
  const [, type, , width, times, how] = /^(\w+)(\.atomic)?\.load(\d+)?(x\d)?_?(\w+)?$/.exec(name)!
  const size = type === 'v128' ? 16 : Number(type!.slice(1)) / 8
  const bytes = width ? Number(width) / 8 : size
  if (how === 'splat') return Uint8Array.from({ length: 16 }, (_, i) => SOURCE[i % bytes]!)
  const each = times ? 2 * bytes : size
  return Uint8Array.from({ length: size }, (_, i) => {
    const [unit, at] = [Math.floor(i / each) * bytes, i % each]
    if (at < bytes) return SOURCE[unit + at]!
    return how === 's' && SOURCE[unit + bytes - 1]! >= 0x80 ? 0xff : 0
  })
}

test.each(loads)('%s reads the bytes at its address and offset', (name, emit) => {
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit, [96]) } })
  new Int32Array(memory.buffer, 0, 1)[0] = 160
  new Uint8Array(memory.buffer, 256, 16).set(SOURCE)
  run()
  const wanted = loaded(name)
  expect([...new Uint8Array(memory.buffer, RESULT_AT, wanted.length)]).toEqual([...wanted])
})

const stores = named.filter(([name]) => /^(i32|i64|f32|f64|v128)(\.atomic)?\.store(?!.*_lane)/.test(name))
test.each(stores)('%s writes its operand and nothing beside it', (name, emit) => {
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit, [96]) } })
  new Int32Array(memory.buffer, 0, 1)[0] = 160
  new Uint8Array(memory.buffer, 16, 16).set(SOURCE)
  run()
  const [, type, width] = /^(\w+?)(?:\.atomic)?\.store(\d+)?$/.exec(name)!
  const size = Number(width ?? (type === 'v128' ? 128 : type!.slice(1))) / 8
  expect([...new Uint8Array(memory.buffer, 240, 48)]).toEqual([
    ...Array<number>(16).fill(0),
    ...SOURCE.slice(0, size),
    ...Array<number>(32 - size).fill(0),
  ])
})

const laneLoads = named.filter(([name]) => /^v128\.load\d+_lane/.test(name))
test.each(laneLoads)('%s replaces one lane by what is in memory', (name, emit) => {
  const bytes = Number(/\d+_/.exec(name)![0].slice(0, -1)) / 8
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit, [1, 96]) } })
  new Int32Array(memory.buffer, 0, 1)[0] = 160
  new Uint8Array(memory.buffer, 16, 16).fill(7)
  new Uint8Array(memory.buffer, 256, 16).set(SOURCE)
  run()
  expect([...new Uint8Array(memory.buffer, RESULT_AT, 16)]).toEqual([
    ...Array<number>(bytes).fill(7),
    ...SOURCE.slice(0, bytes),
    ...Array<number>(16 - 2 * bytes).fill(7),
  ])
})

const laneStores = named.filter(([name]) => /^v128\.store\d+_lane/.test(name))
test.each(laneStores)('%s writes one lane', (name, emit) => {
  const bytes = Number(/\d+_/.exec(name)![0].slice(0, -1)) / 8
  const { run, memory } = instantiate({ memory: MEMORY, exports: { run: applied(emit, [1, 96]) } })
  new Int32Array(memory.buffer, 0, 1)[0] = 160
  new Uint8Array(memory.buffer, 16, 16).set(SOURCE)
  run()
  expect([...new Uint8Array(memory.buffer, 256, 16)]).toEqual([
    ...SOURCE.slice(bytes, 2 * bytes),
    ...Array<number>(16 - bytes).fill(0),
  ])
})

test.each([['i32', i32.atomic.rmw, 'i32'] as const, ['i64', i64.atomic.rmw, 'i64'] as const])(
  '%s.atomic.rmw changes memory and gives what was there',
  (_name, rmw, type) => {
    const back = (x: bigint): Lane => (type === 'i64' ? BigInt.asIntN(64, x) : Number(BigInt.asIntN(32, x)))
    const change: Readonly<Record<string, (a: bigint, b: bigint, c: bigint) => bigint>> = {
      add: (a, b) => a + b,
      sub: (a, b) => a - b,
      and: (a, b) => a & b,
      or: (a, b) => a | b,
      xor: (a, b) => a ^ b,
      xchg: (_, b) => b,
      cmpxchg: (a, b, c) => (a === b ? c : a),
    }
    for (const [name, emit] of Object.entries(rmw)) {
      const { run, memory } = instantiate({ memory: SHARED, exports: { run: applied(emit as Emitter, [96]) } })
      for (const [a, b, c] of [
        [5n, 5n, 9n],
        [6n, -3n, 2n],
        [-1n, 12n, 1n],
        [2147483647n, 1n, 0n],
      ] as const) {
        new Int32Array(memory.buffer, 0, 1)[0] = 160
        write(memory.buffer, 16, type, [back(b)])
        write(memory.buffer, 32, type, [back(c)])
        write(memory.buffer, 256, type, [back(a)])
        run()
        expect(read(memory.buffer, RESULT_AT, type, 1), name).toEqual([back(a)])
        expect(read(memory.buffer, 256, type, 1), name).toEqual([back(change[name]!(a, b, c))])
      }
    }
  },
)

test('memory grows, is copied and is filled', () => {
  const { run, memory: own } = instantiate({
    memory: MEMORY,
    exports: {
      run: func('run', {}, 'i32', () => i32.add(i32.mul(memory.grow(2), 100), memory.size())),
    },
  })
  expect(run()).toBe(103)
  expect(own.buffer.byteLength).toBe(3 * 65536)
  const moved = instantiate({
    memory: MEMORY,
    exports: { run: func('run', {}, 'none', () => [memory.fill(ADDRESS, 5, 4), memory.copy(8, 2, 4)]) },
  })
  moved.run()
  expect([...new Uint8Array(moved.memory.buffer, 0, 13)]).toEqual([5, 5, 5, 5, 0, 0, 0, 0, 5, 5, 0, 0, 0])
})

test('waiting ends at once where the value is another, and when time runs out', () => {
  const { run } = instantiate({
    memory: SHARED,
    exports: {
      run: func('run', { expected: 'i32' }, 'i32', ({ expected }) => memory.atomic.wait32(0, expected, 1000n)),
    },
  })
  expect(run(1)).toBe(1)
  expect(run(0)).toBe(2)
})

test('relaxed truncation of two 64-bit floats agrees with the exact one on floats that fit', () => {
  const { run, memory: own } = instantiate({
    memory: MEMORY,
    exports: { run: applied(i32x4.relaxedTruncF64x2SZero as unknown as Emitter) },
  })
  write(own.buffer, 0, 'f64', [-7.9, 123456.5])
  run()
  expect(read(own.buffer, RESULT_AT, 'i32', 4)).toEqual([-7, 123456, 0, 0])
})
