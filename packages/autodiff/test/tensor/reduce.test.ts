import { describe, expect, test } from 'vitest'
import type { Tensor } from '../../src/index.ts'
import {
  cast,
  constant,
  cumulativeSum,
  evaluate,
  evaluateAt,
  finite,
  fromRows,
  grad,
  lanes,
  logSumExp,
  max,
  mean,
  min,
  mul,
  ones,
  product,
  softmax,
  sum,
  where,
  zeros,
} from '../../src/index.ts'

const valuesOf = (x: Tensor): readonly number[] => [...evaluate(x).data]

describe('a reduction of no elements', () => {
  const none = zeros([2, 0])
  test('gives what changes nothing when it is put in', () => {
    expect(valuesOf(sum(none, 1))).toEqual([0, 0])
    expect(valuesOf(product(none, 1))).toEqual([1, 1])
    expect(valuesOf(max(none, 1))).toEqual([-Infinity, -Infinity])
    expect(valuesOf(min(none, 1))).toEqual([Infinity, Infinity])
    expect(valuesOf(logSumExp(none, 1))).toEqual([-Infinity, -Infinity])
    expect(valuesOf(max(constant([], [0], 'int')))).toEqual([-(2 ** 31)])
    expect(valuesOf(min(constant([], [0], 'int')))).toEqual([2 ** 31 - 1])
  })
  test('has no rows either where the other axis is empty', () => {
    for (const f of [sum, max, min, mean, logSumExp]) expect(evaluate(f(none, 0)).shape).toEqual([0])
    expect(evaluate(softmax(none)).shape).toEqual([2, 0])
  })
})

describe('logSumExp', () => {
  test('is infinite where a term is, and NaN only where a term is', () => {
    expect(valuesOf(logSumExp(constant([Infinity, 1])))).toEqual([Infinity])
    expect(valuesOf(logSumExp(constant([Infinity, -Infinity])))).toEqual([Infinity])
    expect(valuesOf(logSumExp(constant([-Infinity, -Infinity])))).toEqual([-Infinity])
    expect(valuesOf(logSumExp(constant([-Infinity, 3])))).toEqual([3])
    expect(valuesOf(logSumExp(constant([Number.NaN, 1])))).toEqual([Number.NaN])
  })
})

test('axes of a reduction are all different', () => {
  expect(() => sum(ones([3, 2]), [0, 0])).toThrow('sum: axes 0 and 0 of [3, 2] are not all different')
  expect(() => max(ones([3, 2]), [1, -1])).toThrow('max: axes 1 and 1')
})

test('running sums of integers wrap like all integers', () => {
  const x = constant([2 ** 31 - 1, 1, 5], [3], 'int')
  expect(valuesOf(cast(cumulativeSum(x), 'float'))).toEqual([2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 5])
  expect(valuesOf(cast(sum(x), 'float'))).toEqual([-(2 ** 31) + 5])
})

test('the derivative of logSumExp is 0 where there is nothing but -∞, and in a row of nothing', () => {
  const rows = constant([
    [-Infinity, -Infinity],
    [-Infinity, 0],
  ])
  const slopes = grad((x: Tensor) => sum(where(finite(logSumExp(x, 1)), logSumExp(x, 1), 0)))(rows)
  expect(valuesOf(slopes)).toEqual([0, 0, 0, 1])
  const overLanes = evaluateAt(({ x }) => grad((x: Tensor<'example'>) => lanes.logSumExp(x))(x), {
    x: fromRows([-Infinity, -Infinity], 2, []),
  })
  expect([...overLanes.data]).toEqual([0, 0])
  expect(valuesOf(grad((x: Tensor) => sum(logSumExp(mul(zeros([2, 0]), x), 1)))(constant(1)))).toEqual([0])
})
