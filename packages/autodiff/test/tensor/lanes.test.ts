import { describe, expect, test } from 'vitest'
import {
  constant,
  type Example,
  evaluate,
  evaluateAt,
  fromRows,
  type HostArray,
  lanes,
  ones,
  type Tensor,
} from '../../src/index.ts'

const join = (f: (x: Example) => Tensor, values: readonly number[]): HostArray =>
  evaluateAt(({ x }) => f(x), { x: fromRows(values, values.length, []) })
const joinInts = (f: (x: Example) => Tensor, values: readonly number[]): HostArray =>
  evaluateAt(({ x }) => f(x), { x: { data: Int32Array.from(values), shape: [], lanes: values.length } })

describe('a join of examples', () => {
  test('of infinite values is infinite where it has a limit', () => {
    expect(join(lanes.mean, [-Infinity, 1, 2]).data[0]).toBe(-Infinity)
    expect(join(lanes.mean, [1, Infinity, 2]).data[0]).toBe(Infinity)
    expect(join(lanes.mean, [-Infinity, Infinity]).data[0]).toBeNaN()
    expect(join(lanes.logSumExp, [Infinity, Infinity, 1]).data[0]).toBe(Infinity)
    expect(join(lanes.logSumExp, [-Infinity, -Infinity]).data[0]).toBe(-Infinity)
    // In another tile of lanes too.
    const far = Array.from({ length: 130 }, (_, i) => (i === 100 || i === 3 ? Infinity : -i))
    expect(join(lanes.logSumExp, far).data[0]).toBe(Infinity)
    expect(join(lanes.mean, far).data[0]).toBe(Infinity)
  })

  test('of integers is an integer where that has a meaning, and wraps', () => {
    expect(joinInts(lanes.sum, [2 ** 31 - 1, 1, 5])).toEqual({ data: Int32Array.of(-(2 ** 31) + 5), shape: [] })
    expect(joinInts(lanes.max, [-4, 3])).toEqual({ data: Int32Array.of(3), shape: [] })
    expect(joinInts(lanes.mean, [1, 2])).toEqual({ data: Float64Array.of(1.5), shape: [] })
    expect(joinInts(lanes.variance, [1, 2])).toEqual({ data: Float64Array.of(0.25), shape: [] })
  })

  test('any asks whether some value is not 0', () => {
    expect(join(lanes.any, [0, -1, 0])).toEqual({ data: Uint8Array.of(1), shape: [] })
    expect(join(lanes.any, [0, 0])).toEqual({ data: Uint8Array.of(0), shape: [] })
  })

  test('of a value that all examples share is that of so many equal ones', () => {
    const shared = (f: (x: Example) => Tensor, x: Tensor) => evaluate(f(x), { lanes: { count: 8 } })
    expect(shared(lanes.sum, constant(1.5)).data[0]).toBe(12)
    expect(shared(lanes.sum, constant(3, [], 'int'))).toEqual({ data: Int32Array.of(24), shape: [] })
    expect(shared(lanes.mean, constant(3, [], 'int'))).toEqual({ data: Float64Array.of(3), shape: [] })
    expect(shared(lanes.variance, constant(1.5)).data[0]).toBe(0)
    expect(shared(lanes.max, constant(1.5)).data[0]).toBe(1.5)
    expect(shared(lanes.logSumExp, constant(1.5)).data[0]).toBeCloseTo(1.5 + Math.log(8), 14)
  })

  test('that depends on how many there are asks for the number', () => {
    expect(() => evaluate(lanes.sum(ones([])))).toThrow('say how many examples')
    expect(() => evaluate(lanes.count())).toThrow('say how many examples')
    expect(evaluate(lanes.mean(ones([]))).data[0]).toBe(1)
  })
})
