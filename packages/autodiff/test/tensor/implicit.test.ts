import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad } from '../../src/derive/grad.ts'
import { evaluate, evaluateAt, fromRows } from '../../src/target/evaluate.ts'
import { constant, iota } from '../../src/tensor/constant.ts'
import { matmul } from '../../src/tensor/contract.ts'
import { map } from '../../src/tensor/control.ts'
import {
  abs,
  add,
  atan,
  cos,
  exp,
  less,
  log,
  mul,
  neg,
  power,
  sin,
  sinh,
  square,
  sub,
  tanh,
  where,
} from '../../src/tensor/elementwise.ts'
import { fixedPoint, root } from '../../src/tensor/implicit.ts'
import { lanes } from '../../src/tensor/lanes.ts'
import { sum } from '../../src/tensor/reduce.ts'
import type { Example, Tensor } from '../../src/tensor/tensor.ts'
import { checkDerivatives, numbers, type Tensors, uniform, varying } from '../derivatives.ts'

// Below the smallest normal number halves are no longer exact.
const points = fc.array(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((v) => v === 0 || Math.abs(v) > 1e-300),
  { minLength: 1, maxLength: 8 },
)
const relative = (found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
  expect(found.length).toBe(wanted.length)
  for (let i = 0; i < found.length; i++) {
    const error = Math.abs(found[i]! - wanted[i]!) / Math.abs(wanted[i]!)
    if (found[i] !== wanted[i] && !(error <= tolerance)) expect.fail(`${found[i]} is not ${wanted[i]}`)
  }
}

describe('root', () => {
  test('finds the argument of a value, each example its own, in brackets of any length', () =>
    fc.assert(
      fc.property(points, fc.constantFrom(1e7, 1e30, Infinity), (xs, far) => {
        const f = (x: Example): Example => add(x, mul(3, tanh(x)))
        const { x } = evaluateAt(({ x }) => ({ x: root((t) => sub(f(t), f(x)), -far, far) }), {
          x: fromRows(xs, xs.length, []),
        })
        // The value that is matched is off by a rounding, and so is the root, relative to what cancels in it.
        relative(x.data, xs, 1e-14)
      }),
      { numRuns: 30 },
    ))

  test.each([
    ['a cube, whose root has no slope', (x: Example) => power(sub(x, 0.3), 3), 0.3, 1e-5],
    ['a kink', (x: Example) => where(less(x, 2), mul(1e-3, sub(x, 2)), mul(1e3, sub(x, 2))), 2, 1e-15],
    ['a step', (x: Example) => sub(where(less(x, 1.25), -1, 1), 0), 1.25, 1e-15],
    ['a steep exponential', (x: Example) => sub(exp(mul(50, x)), 1e10), Math.log(1e10) / 50, 1e-15],
    ['a flat one', (x: Example) => sub(atan(mul(1e6, sub(x, 1e-3))), 1e-9), 1e-3 + Math.tan(1e-9) / 1e6, 1e-14],
    ['a root at 0', (x: Example) => sinh(x), 0, 0],
    ['a root at an end', (x: Example) => add(x, 10), -10, 0],
    ['values that overflow', (x: Example) => sub(sinh(x), 5), Math.asinh(5), 1e-15],
  ])('of %s', (_, f, wanted, tolerance) => {
    const [x] = evaluate(root(f, -10, 1e3)).data
    expect(Math.abs(x! - wanted)).toBeLessThanOrEqual(tolerance * Math.abs(wanted))
  })

  test('without a change of sign it is the end nearest to one', () => {
    expect(evaluate(root((x) => sub(x, 3), 0, 1)).data[0]).toBe(1)
    expect(evaluate(root((x) => sub(x, 3), 4, 5)).data[0]).toBe(4)
  })

  test('takes few evaluations: 12 are enough for a smooth function in a bracket of 20', () => {
    const [x] = evaluate(root((x) => sub(add(x, tanh(x)), 1.3), -10, 10, { bound: 12 })).data
    expect(x! + Math.tanh(x!) - 1.3).toBeCloseTo(0, 15)
  })

  test('ends in float32 too, at a number with the root next to it', () => {
    const y = evaluateAt(
      ({ y }) => root((x) => sub(add(x, tanh(x)), y), -1e30, 1e30),
      { y: fromRows([-5, 1e-3, 0.4, 7], 4, []) },
      { precision: 'float32' },
    )
    for (const [i, wanted] of [-5, 1e-3, 0.4, 7].entries()) {
      const x = y.data[i]!
      expect(Math.abs(x + Math.tanh(x) - wanted)).toBeLessThan(2e-7 * Math.abs(wanted))
    }
  })

  test('elements of one example do not wait for, or change, one another', () => {
    const f = (y: Example) => root((x) => sub(add(x, mul(x, square(x))), y), -100, 100)
    const together = evaluateAt(({ y }) => f(y), { y: fromRows([1, 200, -3e4, 0.01], 2, [2]) })
    const alone = [1, 200, -3e4, 0.01].map((y) => evaluate(f(constant(y))).data[0]!)
    expect(Array.from(together.data)).toEqual([alone[0], alone[2], alone[1], alone[3]])
  })

  test('its derivatives are those of the implicit function, to second order, in every mixture of axes', () => {
    const f = ({ a, b }: Tensors) => root((x) => sub(add(mul(exp(a!), x), tanh(mul(2, x))), b!), -20, 20)
    const [a, aLanes] = [uniform(numbers(2, 1), [2]), varying(numbers(6, 2), [2], 3)]
    const [b, bLanes] = [uniform(numbers(2, 3), [2]), varying(numbers(3, 4), [], 3)]
    checkDerivatives(f, { a, b })
    checkDerivatives(f, { a: aLanes, b })
    checkDerivatives(f, { a, b: bLanes })
    checkDerivatives(f, { a: aLanes, b: bLanes })
  })

  test('counts once what the equation reads both directly and through another value', () =>
    checkDerivatives(
      ({ a }: Tensors) => {
        const e = exp(a!)
        return root((x) => sub(add(mul(e, x), mul(a!, tanh(x))), 1), -20, 20)
      },
      { a: uniform([0.4], []) },
    ))

  test('third derivatives agree with the closed form of the inverse of sinh', () => {
    const asinhBy = (y: Tensor): Tensor => root<never>((x) => sub(sinh(x), y), -5, 5)
    const third = grad(grad(grad(asinhBy)))(constant(0.7))
    const s = 1 + 0.49
    expect(evaluate(third).data[0]).toBeCloseTo((2 * 0.49 - 1) / s ** 2.5, 12)
  })

  test('works inside a loop, with derivatives', () =>
    checkDerivatives(
      ({ a }: Tensors) => map(iota(3), (i) => root((x) => sub(add(x, mul(a!, tanh(x))), add(i, 0.5)), -20, 20)),
      { a: varying([0.4, 1.7], [], 2) },
    ))

  test('a function that changes the shape, or in which examples meet, is refused', () => {
    expect(() => root((x) => sum(x), constant([0, 0]), 1)).toThrow(
      'root: the function takes float [2] and gives float [].',
    )
    expect(() => fixedPoint((x) => add(x, constant([1, 2])), constant(0), 1)).toThrow(
      'fixedPoint: the function takes float [] and gives float [2].',
    )
    expect(() => root((x) => sub(x, lanes.mean(x)), lanes.spread(constant(0)), 1)).toThrow('examples cannot meet')
  })
})

describe('fixedPoint', () => {
  test('is what the function leaves as it is: the number of Dottie', () => {
    const [x] = evaluate(fixedPoint((x) => cos(x), constant(1), 200)).data
    expect(x).toBeCloseTo(0.7390851332151607, 15)
  })

  test('undoes a residual layer, each example in its own number of rounds', () => {
    const w = constant(
      Float64Array.from(numbers(9, 5), (v) => v / 3),
      [3, 3],
    )
    const layer = (x: Example): Example => add(x, tanh(matmul(w, x)))
    const data = numbers(12, 6).map((v, i) => v * 10 ** ((i % 4) - 2))
    const { back } = evaluateAt(
      ({ x }) => {
        const y = layer(x)
        return { back: fixedPoint((t) => sub(y, tanh(matmul(w, t))), y, 200) }
      },
      { x: varying(data, [3], 4) as ReturnType<typeof fromRows> },
    )
    relative(back.data, data, 1e-12)
  })

  test('its derivatives are those of the implicit function, to second order, in every mixture of axes', () => {
    const f = ({ w, y }: Tensors) => fixedPoint((x) => sub(y!, tanh(matmul(mul(0.3, w!), x))), constant([0, 0, 0]), 200)
    const [w, wLanes] = [uniform(numbers(9, 1), [3, 3]), varying(numbers(18, 2), [3, 3], 2)]
    const [y, yLanes] = [uniform(numbers(3, 3), [3]), varying(numbers(6, 4), [3], 2)]
    checkDerivatives(f, { w, y })
    checkDerivatives(f, { w, y: yLanes })
    checkDerivatives(f, { w: wLanes, y })
    checkDerivatives(f, { w: wLanes, y: yLanes })
  })

  test('a fixed point inside the function of another has its derivative too', () =>
    checkDerivatives(
      ({ a }: Tensors) =>
        fixedPoint(
          (x) =>
            mul(
              0.3,
              sin(
                add(
                  fixedPoint((z) => mul(0.4, cos(add(z, x))), constant(0), 200),
                  a!,
                ),
              ),
            ),
          constant(0),
          200,
        ),
      { a: varying([0.4, -1], [], 2) },
    ))

  test('NaN and an early end do not hang', () => {
    expect(evaluate(fixedPoint((x) => log(sub(neg(abs(x)), 1)), constant(1), 1000)).data[0]).toBeNaN()
    expect(evaluate(fixedPoint((x) => add(x, 1), constant(0), 5)).data[0]).toBe(5)
  })
})
