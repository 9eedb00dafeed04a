import { describe, expect, test } from 'vitest'
import { constant, evaluate, exp, grad, map, mul, sum, type Tensor } from '../../src/index.ts'

describe('a cotangent', () => {
  test('of a value that a loop reads directly and through another value is counted once each', () => {
    // Σ_e e w exp(w): both w and exp(w) are read from outside the body.
    const f = (w: Tensor) => sum(map(constant([1, 2]), (e) => mul(mul(e, w), exp(w))))
    expect(evaluate(grad(f)(constant(1))).data[0]).toBeCloseTo(3 * 2 * Math.E, 12)
  })
})
