import { expect, test } from 'vitest'
import {
  bind,
  type Code,
  call,
  f32x4,
  func,
  i32,
  i32x4,
  imported,
  interleaved,
  print,
  type Statement,
  v128,
} from '../../../../src/target/wasm/assembler/index.ts'
import { instantiate } from './run.ts'

const square = func('square', { x: 'v128' }, 'v128', ({ x }) => f32x4.mul(x, x))

/** Shared nodes, a call, and code with a body of its own. */
const formula = (x: Code<'v128'>): Code<'v128'> => {
  const y = f32x4.add(f32x4.mul(x, x), 1)
  return f32x4.div(
    f32x4.sub(y, call(square, { x: y })),
    bind(f32x4.sqrt(y), (root) => f32x4.add(root, root)),
  )
}
const store = (k: number): Statement => v128.store(0, formula(v128.load(0, 16 * k)), 256 + 16 * k)
const memory = { minimum: 1, exportedAs: 'memory' }

test('interleaved statements do what they do one after another', () => {
  const all = [0, 1, 2].map(store)
  const [apart, together] = [all, interleaved(all)].map((body) => {
    const run = instantiate({ memory, exports: { run: func('run', {}, 'none', () => body) } })
    new Float32Array(run.memory.buffer, 0, 12).set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    run.run()
    return new Float32Array(run.memory.buffer, 256, 12).slice()
  })
  expect(together).toEqual(apart)
  expect(together!.some((x) => x === 0)).toBe(false)
})

test('the steps of the statements come in turn', () => {
  const marks: number[] = []
  const mark = imported('host', 'mark', { x: 'i32' }, 'i32')
  const chain = (k: number): Statement => {
    const [first, second] = [call(mark, { x: k }), (x: Code<'i32'>) => call(mark, { x: i32.add(x, 10) })]
    return i32.store(0, second(second(first)), 4 * k)
  }
  const run = func('run', {}, 'none', () => interleaved([chain(1), chain(2)]))
  const host = { mark: (x: number) => 100 * marks.push(x) + x - 100 * marks.length }
  instantiate({ memory, imports: [mark], exports: { run } }, { host }).run()
  expect(marks).toEqual([1, 2, 11, 12, 21, 22])
})

test('they have one form', () => {
  const short = v128.store(0, i32x4.const(1))
  expect(() => interleaved([store(0), short])).toThrow('interleaved: expected statements of one form, got 8 steps')
  expect(() => interleaved([])).toThrow('interleaved: expected at least one statement.')
})

test('what they compute is printed under its instruction', () => {
  const run = func('run', {}, 'none', () => interleaved([store(0)]))
  expect(print(run)).toContain('(local.set $f32x4.mul (f32x4.mul $v128.load $v128.load))')
})
