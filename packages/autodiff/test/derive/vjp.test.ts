import { expect, test } from 'vitest'
import { grad, vjp } from '../../src/derive/grad.ts'
import { evaluateAt, fromRows } from '../../src/target/evaluate.ts'
import { constant } from '../../src/tensor/constant.ts'
import { add } from '../../src/tensor/elementwise.ts'
import { sum } from '../../src/tensor/reduce.ts'

const inputs = { w: { data: Float64Array.of(1, 2), shape: [2] }, x: fromRows([1, 2, 3, 4, 5, 6], 3, [2]) }

test('one cotangent for all examples: a uniform argument gets the sum over them, a varying one its own', () => {
  const { w, x } = evaluateAt((at) => vjp(({ w, x }) => add(w, x), at)[1](constant([1, 10])), inputs)
  expect(Array.from(w.data)).toEqual([3, 30])
  expect(Array.from(x.data)).toEqual([1, 1, 1, 10, 10, 10])
})

test('the gradient of a result per example sums over the examples for what is uniform', () => {
  const { w, x } = evaluateAt((at) => grad(({ w, x }: typeof at) => sum(add(w, x)))(at), inputs)
  expect(Array.from(w.data)).toEqual([3, 3])
  expect(x.lanes).toBe(3)
  expect(Array.from(x.data)).toEqual([1, 1, 1, 1, 1, 1])
})
