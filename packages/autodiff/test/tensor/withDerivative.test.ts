import { describe, expect, test } from 'vitest'
import { grad, jvp } from '../../src/derive/grad.ts'
import { evaluate, evaluateAt, fromRows } from '../../src/target/evaluate.ts'
import { constant } from '../../src/tensor/constant.ts'
import { matmul } from '../../src/tensor/contract.ts'
import { scan } from '../../src/tensor/control.ts'
import { add, exp, expm1, floor, log, mul, neg, sin, sub } from '../../src/tensor/elementwise.ts'
import { sum } from '../../src/tensor/reduce.ts'
import type { Example, Tensor } from '../../src/tensor/tensor.ts'
import { withDerivative } from '../../src/tensor/withDerivative.ts'
import { checkDerivatives, numbers, type Tensors, uniform, varying } from '../derivatives.ts'

describe('withDerivative', () => {
  test('the value is the value, the derivative the stated one: a step that passes derivatives on', () => {
    const { value, slope } = evaluateAt(
      ({ x }) => {
        const step = (t: Example): Example => withDerivative(mul(3, floor(t)), t, (dt) => mul(3, dt))
        return { value: step(x), slope: grad((t: Example) => step(t))(x) }
      },
      { x: fromRows([0.5, 1.5], 2, []) },
    )
    expect(Array.from(value.data)).toEqual([0, 3])
    expect(Array.from(slope.data)).toEqual([3, 3])
  })

  test('true rules obey all laws of derivatives, to second order, in every mixture of axes', () => {
    const f = ({ a, b }: Tensors) =>
      withDerivative(sin(mul(a!, b!)), { a: a!, b: b! }, (d) => {
        // cos(ab) d(ab), the cosine written otherwise so that it is differentiated itself.
        const slope = sin(add(mul(a!, b!), Math.PI / 2))
        return mul(slope, add(mul(b!, d.a), mul(a!, d.b)))
      })
    const [a, aLanes] = [uniform(numbers(2, 1), [2]), varying(numbers(6, 2), [2], 3)]
    const [b, bLanes] = [uniform(numbers(2, 3), [2]), varying(numbers(6, 4), [2], 3)]
    checkDerivatives(f, { a, b })
    checkDerivatives(f, { a: aLanes, b })
    checkDerivatives(f, { a, b: bLanes })
    checkDerivatives(f, { a: aLanes, b: bLanes })
  })

  test('a rule may be a product, a sum or a loop', () => {
    const w = constant(numbers(9, 7), [3, 3])
    checkDerivatives(({ x }: Tensors) => withDerivative(matmul(w, x!), x!, (d) => matmul(w, d)), {
      x: varying(numbers(6, 8), [3], 2),
    })
    const running = (x: Example, c: Example): Example =>
      scan(x, c, (carry, e) => [add(mul(0.5, carry), e), carry] as const)[0]
    checkDerivatives(
      ({ x, c }: Tensors) => withDerivative(running(x!, c!), { x: x!, c: c! }, (d) => running(d.x, d.c)),
      { x: uniform(numbers(4, 9), [4]), c: uniform(numbers(1, 10), []) },
    )
  })

  test('what it does not name has no derivative', () => {
    const f = (x: Tensor): Tensor => withDerivative(exp(x), constant(1), (d) => d)
    expect(evaluate(grad(f)(constant(2))).data[0]).toBe(0)
    expect(evaluate(jvp(f, constant(2), constant(1))[1]).data[0]).toBe(0)
  })

  test('states a derivative that holds where the derived one is NaN', () => {
    // log(1 - e^-x) at large x: the derived rule is right there too, but 0 · ∞ far out.
    const f = (x: Tensor): Tensor =>
      withDerivative(log(neg(expm1(neg(x)))), x, (d) => mul(d, exp(sub(neg(x), log(neg(expm1(neg(x))))))))
    expect(evaluate(grad(f)(constant(800))).data[0]).toBe(0)
    expect(evaluate(grad((x: Tensor) => sum(f(x)))(constant(1))).data[0]).toBeCloseTo(1 / (Math.E - 1), 14)
  })

  test('a tangent of another shape is refused', () =>
    expect(() => withDerivative(constant([1, 2]), constant(1), (d) => d)).toThrow(
      'withDerivative: the value is float [2], its tangent float [].',
    ))
})
