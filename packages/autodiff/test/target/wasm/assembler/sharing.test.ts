import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Code,
  call,
  encode,
  func,
  i32,
  imported,
  local,
  sequence,
  set,
  when,
} from '../../../../src/target/wasm/assembler/index.ts'
import { instantiate } from './run.ts'

const tick = imported('host', 'tick', {}, 'i32')

/** How often a body calls `tick`. */
const ticks = (body: (one: Code<'i32'>) => Code<'i32'>): number => {
  let count = 0
  const host = { tick: () => ++count }
  const run = func('run', {}, 'i32', () => body(call(tick, {})))
  instantiate({ imports: [tick], exports: { run } }, { host }).run()
  return count
}

test('a node that stands in several places of a statement is computed once', () => {
  expect(ticks((one) => i32.add(one, i32.mul(one, i32.sub(one, 1))))).toBe(1)
})

test('in another statement it is computed again', () => {
  const x = local('i32', 'x')
  expect(ticks((one) => sequence([set(x, one), set(x, i32.add(one, one))], x))).toBe(2)
})

test('in the body of a choice it is computed again, and only where that body runs', () => {
  const x = local('i32', 'x')
  expect(ticks((one) => sequence(when(i32.gtS(one, 0), set(x, one), set(x, i32.mul(one, one))), x))).toBe(2)
})

test('a tower of shared nodes takes as much code as it has nodes', () => {
  const tower = func('tower', { x: 'i32' }, 'i32', ({ x }) => {
    let top: Code<'i32'> = x
    for (let i = 0; i < 500; i++) top = i32.add(top, top)
    return i32.add(top, x)
  })
  expect(encode({ exports: { tower } }).length).toBeLessThan(500 * 6)
  expect(instantiate({ exports: { tower } }).tower(5)).toBe(5)
})

test('deep code is encoded', () => {
  const deep = func('deep', { x: 'i32' }, 'i32', ({ x }) => {
    let top: Code<'i32'> = x
    for (let i = 0; i < 2000; i++) top = i32.add(top, 1)
    return top
  })
  expect(instantiate({ exports: { deep } }).deep(1)).toBe(2001)
})

test('random graphs with shared nodes have the value that their formula has', () => {
  const OPERATIONS = [
    [i32.add, (a: number, b: number) => (a + b) | 0],
    [i32.sub, (a: number, b: number) => (a - b) | 0],
    [i32.mul, Math.imul],
    [i32.xor, (a: number, b: number) => a ^ b],
  ] as const
  const step = fc.record({ operation: fc.nat(3), a: fc.nat(), b: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.integer(), fc.integer(), (steps, x, y) => {
      const values = [x, y]
      const graph = func('graph', { x: 'i32', y: 'i32' }, 'i32', (given) => {
        const nodes: Code<'i32'>[] = [given.x, given.y]
        for (const { operation, a, b } of steps) {
          const [build, meaning] = OPERATIONS[operation]!
          const [i, k] = [a % nodes.length, b % nodes.length]
          nodes.push(build(nodes[i]!, nodes[k]!))
          values.push(meaning(values[i]!, values[k]!))
        }
        return nodes.reduce((sum, node) => i32.add(sum, node))
      })
      const wanted = values.reduce((sum, value) => (sum + value) | 0)
      expect(instantiate({ exports: { graph } }).graph(x, y)).toBe(wanted)
    }),
    { numRuns: 200 },
  )
})
