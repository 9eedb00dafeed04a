import { describe, expect, test } from 'vitest'
import {
  add,
  constant,
  evaluate,
  evaluateAt,
  fromRows,
  jvp,
  less,
  mul,
  sum,
  type Tensor,
  where,
} from '../../src/index.ts'

describe('a tangent', () => {
  test('has the shape of the result where its input is broadcast', () => {
    const x = constant([1, 2, 3])
    for (const f of [(y: Tensor) => add(x, y), (y: Tensor) => add(y, x), (y: Tensor) => where(less(x, 2), y, x)]) {
      const [value, tangent] = jvp(f, constant(5), constant(1))
      expect(tangent.shape).toEqual(value.shape)
    }
    expect(evaluate(jvp((y: Tensor) => sum(add(x, y)), constant(5), constant(2))[1]).data).toEqual(Float64Array.of(6))
  })

  test('of a uniform value in varying work is right for every example', () => {
    const x = fromRows([1, 2, 3], 3, [])
    const slope = evaluateAt(({ x }) => jvp((y: Tensor) => mul(y, x), constant([1, 1]), constant([1, 2]))[1], { x })
    expect(slope).toMatchObject({ shape: [2], lanes: 3 })
    expect(slope.data).toEqual(Float64Array.of(1, 2, 3, 2, 4, 6))
  })
})
