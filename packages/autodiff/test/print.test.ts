import { expect, test } from 'vitest'
import { grad } from '../src/derive/grad.ts'
import { print } from '../src/print.ts'
import { simplify } from '../src/rewrite/simplify.ts'
import { constant, example, input } from '../src/tensor/constant.ts'
import { map, scan, until } from '../src/tensor/control.ts'
import { add, exp, less, mul } from '../src/tensor/elementwise.ts'
import { lanes } from '../src/tensor/lanes.ts'
import { lu } from '../src/tensor/linalg.ts'
import { sum } from '../src/tensor/reduce.ts'
import { nodeOf, type Tensor } from '../src/tensor/tensor.ts'

test('a graph is one line a node, inputs before users, shared nodes once', () => {
  const x = example([2])
  const y = exp(mul(x, 3))
  expect(print({ value: add(y, y), total: lanes.sum(y) })).toBe(
    `
%0: float[2] example = input
%1: float[] = constant 3
%2: float[2] example = mul(%0, %1)
%3: float[2] example = exp(%2)
%4: float[2] example = add(%3, %3)
%5: float[2] = lanes(%3) sum
result value = %4
result total = %5`.trim(),
  )
})

test('an operation with several results shows them all, and which is taken', () => {
  const { l, permutation } = lu(constant([[1]]))
  expect(print([l, permutation])).toBe(
    `
%0: float[1, 1] = constant 1
%1: float[1, 1], float[1, 1], int[1] = lu(%0)
%2: float[1, 1] = %1.0
%3: int[1] = %1.2
result 0 = %2
result 1 = %3`.trim(),
  )
})

test('the body of a loop stands below it, in its own names and those around it', () => {
  const w = input([])
  const [last] = scan(input([3]), constant(0), (carry, x) => [add(carry, mul(x, w)), carry] as const)
  expect(print(last)).toBe(
    `
%0: float[] = constant 0
%1: float[3] = input
%2: float[] = input
%3: float[], float[3], float[3] = loop(%0, %1, %2) 3 rounds, 1 carries, 1 outputs
  index %4: int[]
  carry %5: float[] from %0
  slice %6: float[] of %1
  %7: float[] = mul(%6, %2)
  %8: float[] = add(%5, %7)
  next %5 = %8
  output %5
%9: float[] = %3.0
result %9`.trim(),
  )
})

test('every name that a text uses was given before, in loops in loops, their derivatives and what is simplified', () => {
  const w = input([])
  const f = (p: Tensor): Tensor =>
    sum(
      map(input([2]), (a) =>
        sum(
          map(input([3]), (b) => {
            const [last] = until(
              9,
              mul(a, b),
              (c: Tensor) => less(10, c),
              (c: Tensor) => add(mul(c, p), 1),
            )
            return last
          }),
        ),
      ),
    )
  const g = grad(f)(w)
  for (const text of [print(f(w)), print(g), print(simplify([nodeOf(g)]))]) {
    expect(text).not.toContain('%?')
    const given = new Set<string>()
    for (const line of text.split('\n')) {
      const [, own, rest] = /^\s*(?:(?:index|carry|slice) )?(%\d+):(.*)$/.exec(line) ?? [null, null, line]
      for (const [name] of rest!.matchAll(/%\d+/g)) expect(given.has(name), line).toBe(true)
      if (own) {
        expect(given.has(own)).toBe(false)
        given.add(own)
      }
    }
    expect(text.split('\n').some((line) => line.startsWith('      stop when'))).toBe(true)
  }
})
