import { expect, test } from 'vitest'
import {
  bind,
  block,
  branch,
  branchIf,
  conditional,
  drop,
  f32,
  forEach,
  func,
  i32,
  leave,
  local,
  loop,
  memory,
  repeatWhile,
  select,
  sequence,
  set,
  tee,
  unreachable,
  when,
} from '../../../../src/target/wasm/assembler/index.ts'
import { instantiate } from './run.ts'

test('a loop with a branch out of it counts its turns', () => {
  const run = func('collatz', { n: 'i32' }, 'i32', ({ n }) => {
    const steps = local('i32', 'steps')
    return sequence(
      block((end) =>
        loop((again) => [
          branchIf(end, i32.leS(n, 1)),
          set(steps, i32.add(steps, 1)),
          when(i32.and(n, 1), set(n, i32.add(i32.mul(n, 3), 1)), set(n, i32.shrU(n, 1))),
          branch(again),
        ]),
      ),
      steps,
    )
  })
  const { collatz } = instantiate({ exports: { collatz: run } })
  expect([1, 2, 27].map((n) => collatz(n))).toEqual([0, 1, 111])
})

test('branches count the blocks, loops and choices between them and their label', () => {
  const run = func('nested', { way: 'i32' }, 'i32', ({ way }) => {
    const trail = local('i32', 'trail')
    const pass = (mark: number) => set(trail, i32.add(i32.mul(trail, 10), mark))
    return sequence(
      block((outer) => [
        block((inner) => [
          when(i32.geS(way, 1), [
            when(i32.eq(way, 1), branch(outer), [when(i32.eq(way, 2), branch(inner)), pass(1)]),
            pass(2),
          ]),
          pass(3),
        ]),
        pass(4),
      ]),
      trail,
    )
  })
  const { nested } = instantiate({ exports: { nested: run } })
  expect([0, 1, 2, 3].map((way) => nested(way))).toEqual([34, 0, 4, 1234])
})

test('forEach does the body for each index below the bound, and not at all where there is none', () => {
  for (const [from, below, step] of [
    [0, 10, 1],
    [0, 0, 1],
    [5, 3, 1],
    [2, 11, 4],
    [-3, 3, 2],
  ] as const) {
    const wanted = Array.from({ length: 20 }, (_, i) => from + i * step).filter((i) => i < below)
    const sum = func('sum', { end: 'i32' }, 'i32', ({ end }) => {
      const [i, total, turns] = [local('i32', 'i'), local('i32', 'total'), local('i32', 'turns')]
      const body = [set(total, i32.add(total, i)), set(turns, i32.add(turns, 1))]
      return sequence(forEach(i, { from, below: end, step }, body), i32.add(i32.mul(turns, 1000), total))
    })
    const known = func('known', {}, 'i32', () => {
      const [i, total] = [local('i32', 'i'), local('i32', 'total')]
      return sequence(forEach(i, { from, below, step }, set(total, i32.add(total, i))), total)
    })
    const run = instantiate({ exports: { sum, known } })
    const total = wanted.reduce((a, b) => a + b, 0)
    expect(run.sum(below)).toBe(1000 * wanted.length + total)
    expect(run.known()).toBe(total)
  }
})

test('repeatWhile asks before every turn', () => {
  const log2 = func('log2', { n: 'i32' }, 'i32', ({ n }) => {
    const k = local('i32', 'k')
    return sequence(repeatWhile(i32.gtU(n, 1), [set(n, i32.shrU(n, 1)), set(k, i32.add(k, 1))]), k)
  })
  const run = instantiate({ exports: { log2 } })
  expect([0, 1, 2, 255, 256].map((n) => run.log2(n))).toEqual([0, 0, 1, 7, 8])
})

test('conditional computes only what is chosen, select both', () => {
  const trap = sequence([unreachable], i32.const(0))
  const one = func('one', { x: 'i32' }, 'i32', ({ x }) => conditional(x, i32.const(7), trap))
  const both = func('both', { x: 'i32' }, 'i32', ({ x }) => select(x, i32.const(7), trap))
  const run = instantiate({ exports: { one, both } })
  expect(run.one(1)).toBe(7)
  expect(() => run.one(0)).toThrow('unreachable')
  expect(() => run.both(1)).toThrow('unreachable')
})

test('leave ends the function with its result', () => {
  const first = func('first', { n: 'i32' }, 'i32', ({ n }) => {
    const i = local('i32', 'i')
    const square = i32.mul(i, i)
    return sequence(forEach(i, { from: 1, below: 100 }, when(i32.gtS(square, n), leave(i))), i32.const(-1))
  })
  const run = instantiate({ exports: { first } })
  expect([0, 10, 99 * 99].map((n) => run.first(n))).toEqual([1, 4, -1])
})

test('tee gives what it sets; drop throws a value away', () => {
  const twice = func('twice', { x: 'f32' }, 'f32', ({ x }) => {
    const y = local('f32', 'y')
    return sequence(drop(memory.size()), f32.add(tee(y, f32.mul(x, x)), y))
  })
  expect(instantiate({ memory: { minimum: 1 }, exports: { twice } }).twice(3)).toBe(18)
})

test('bind keeps a value for the bodies made from it, and nested bindings do not disturb one another', () => {
  const run = func('run', { x: 'i32' }, 'i32', ({ x }) =>
    bind(i32.add(x, 1), (a) =>
      i32.add(
        bind(i32.mul(a, 10), (b) =>
          conditional(
            i32.gtS(b, 50),
            bind(i32.sub(b, a), (c) => i32.mul(c, c)),
            b,
          ),
        ),
        bind(i32.mul(a, 100), (b) => i32.add(b, a)),
      ),
    ),
  )
  const { run: f } = instantiate({ exports: { run } })
  const meaning = (x: number): number => {
    const a = x + 1
    const first = 10 * a > 50 ? (10 * a - a) ** 2 : 10 * a
    return first + 100 * a + a
  }
  for (const x of [0, 4, 5, 30]) expect(f(x)).toBe(meaning(x))
})
