import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from '../../../src/derive/grad.ts'
import { evaluate, evaluateAt, fromRows } from '../../../src/target/evaluate.ts'
import { sum } from '../../../src/tensor/broadcast.ts'
import { constant } from '../../../src/tensor/constant.ts'
import { matmul } from '../../../src/tensor/contract.ts'
import { add, mul, neg, sub } from '../../../src/tensor/elementwise.ts'
import { expm, logAbsDet } from '../../../src/tensor/linalg.ts'
import { transpose } from '../../../src/tensor/shaping.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { checkDerivatives, expectClose, numbers, type Tensors, uniform, varying } from '../../derivatives.ts'
import { eye, rotation } from './matrices.ts'

const LANES = 3
const order = fc.integer({ min: 1, max: 6 })
const seed = fc.integer({ min: 0, max: 1e6 })
/** Sizes on both sides of every change of method, and where squaring begins. */
const size = fc.constantFrom(0, 1e-9, 3e-3, 0.02, 0.1, 0.4, 1, 3, 9, 30)

const values = (x: Tensor): readonly number[] => Array.from(evaluate(x).data as Float64Array)

describe('the exponential', () => {
  test('of Q diag(w) Qᵀ is Q diag(e^w) Qᵀ', () =>
    fc.assert(
      fc.property(order, seed, size, (n, s, scale) => {
        const [q, w] = [rotation(n, s), numbers(n, s + 1).map((v) => scale * v)]
        const made = (f: (v: number) => number): Float64Array =>
          Float64Array.from({ length: n * n }, (_, e) =>
            w.reduce((total, v, k) => total + q[Math.floor(e / n) * n + k]! * f(v) * q[(e % n) * n + k]!, 0),
          )
        expectClose(values(expm(constant(made((v) => v), [n, n]))), made(Math.exp), 1e-14 * (1 + scale)) // biome-ignore format: short
      }),
      { numRuns: 80 },
    ))

  test('of a small matrix is its power series', () =>
    fc.assert(
      fc.property(order, seed, fc.constantFrom(1e-3, 0.05, 0.3, 0.8), (n, s, scale) => {
        const a = numbers(n * n, s).map((v) => scale * v)
        let term = eye(n)
        const sum = eye(n)
        for (let k = 1; k < 60; k++) {
          const before = term
          term = Float64Array.from({ length: n * n }, (_, e) => {
            let total = 0
            for (let j = 0; j < n; j++) total += a[Math.floor(e / n) * n + j]! * before[j * n + (e % n)]!
            return total / k
          })
          term.forEach((v, e) => {
            sum[e]! += v
          })
        }
        expectClose(values(expm(constant(a, [n, n]))), sum, 2e-15)
      }),
      { numRuns: 60 },
    ))

  test('of a turn is a rotation, of a shear a shear, of a Jordan block a triangle', () => {
    for (const angle of [0.3, 3, 40]) {
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      expectClose(values(expm(constant([[0, -angle], [angle, 0]]))), [c, -s, s, c], 1e-14) // biome-ignore format: a matrix
    }
    expect(values(expm(constant([[0, 1e8], [0, 0]])))).toEqual([1, 1e8, 0, 1]) // biome-ignore format: a matrix
    const e = Math.exp(-2)
    expectClose(values(expm(constant([[-2, 1, 0], [0, -2, 1], [0, 0, -2]]))), [e, e, e / 2, 0, e, e, 0, 0, e], 1e-15) // biome-ignore format: a matrix
  })

  test('of 0 is the identity, of a number its exponential', () => {
    expect(values(expm(constant(new Float64Array(9), [3, 3])))).toEqual(Array.from(eye(3)))
    // Among them sizes just below and above where another approximant or another squaring begins.
    for (const x of [1e-12, 0.0107, 0.0109, 0.199, 0.201, 0.78, 0.79, 1.77, 1.79, 4.73, 4.75, 9.4, 9.6, 50, 700])
      for (const sign of [1, -1]) {
        const error = values(expm(constant([[sign * x]])))[0]! / Math.exp(sign * x) - 1
        // What cancels is e^x' of the scaled x' that a fraction is taken of; a squaring doubles what is off.
        const squarings = Math.max(0, Math.ceil(Math.log2(x / 4.74)))
        const allowed = Number.EPSILON * 2 ** squarings * (2 + Math.exp(x / 2 ** squarings))
        expect(Math.abs(error)).toBeLessThan(allowed)
      }
  })

  test('has the exponential of the negative as its inverse, and the trace as its log-determinant', () =>
    fc.assert(
      fc.property(order, seed, (n, s) => {
        const { product, gap } = evaluateAt(
          ({ x }) => {
            const trace = sum(mul(x, constant(eye(n), [n, n])))
            return { product: matmul(expm(x), expm(neg(x))), gap: sub(logAbsDet(expm(x)), trace) }
          },
          { x: fromRows(numbers(LANES * n * n, s), LANES, [n, n]) },
        )
        const identity = Float64Array.from({ length: n * n * LANES }, (_, e) => eye(n)[Math.floor(e / LANES)]!)
        expectClose(product.data, identity, 1e-13)
        expectClose(gap.data, new Float64Array(LANES), 1e-13)
      }),
      { numRuns: 30 },
    ))

  test('of what is not finite is NaN, in its lane only', () => {
    const { data } = evaluateAt(({ x }) => expm(x), { x: fromRows([1, NaN, 0, 1, 0, 1, 0, 0], 2, [2, 2]) })
    expect(Array.from(data)).toEqual([NaN, 1, NaN, 1, NaN, 0, NaN, 1])
  })
})

describe('derivatives', () => {
  test.each([1, 2, 3])('to second order, order %i, uniform and varying, small and large', (n) => {
    const f =
      (scale: number) =>
      ({ x }: Tensors) =>
        mul(Math.exp(-2 * scale), expm(mul(scale, x!)))
    for (const scale of [0.1, 1, 3]) {
      checkDerivatives(f(scale), { x: varying(numbers(n * n * LANES, n), [n, n], LANES) })
      checkDerivatives(f(scale), { x: uniform(numbers(n * n, n + 4), [n, n]) })
    }
  })

  test('of tr e^X is its transpose', () => {
    const [n, a] = [5, constant(numbers(25, 3), [5, 5])]
    const trace = (x: Tensor): Tensor => sum(mul(expm(x), constant(eye(n), [n, n])))
    expectClose(values(grad(trace)(a)), values(transpose(expm(a))), 1e-14)
  })

  test('in the direction of the matrix itself are A e^A, however long the direction', () => {
    const a = constant(numbers(16, 6), [4, 4])
    const wanted = values(matmul(a, expm(a)))
    for (const length of [1e-200, 1, 1e12, 1e200])
      expectClose(
        values(jvp((x: Tensor) => expm(x), a, mul(length, a))[1]).map((v) => v / length),
        wanted,
        1e-14,
      )
  })

  test('are the integral of e^{sA} E e^{(1-s)A}, by quadrature', () => {
    const [a, e] = [constant(numbers(9, 1), [3, 3]), constant(numbers(9, 2), [3, 3])]
    // Gauss and Legendre with 5 points on each of 8 parts.
    const nodes = [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664]
    const weights = [0.23692688505618908, 0.47862867049936647, 0.5688888888888889, 0.47862867049936647, 0.23692688505618908] // biome-ignore format: a row
    const terms = Array.from({ length: 8 }, (_, part) =>
      nodes.map((node, k) => {
        const s = (part + 0.5 + node / 2) / 8
        return mul(weights[k]! / 16, matmul(matmul(expm(mul(s, a)), e), expm(mul(1 - s, a))))
      }),
    ).flat()
    const integral = values(terms.reduce((x, y) => add(x, y)))
    expectClose(values(jvp((x: Tensor) => expm(x), a, e)[1]), integral, 1e-14)
  })
})

test('a matrix that is not square is refused', () =>
  expect(() => expm(constant([[1, 2]]))).toThrow('expm: takes a square float matrix [n, n], got float [1, 2].'))
