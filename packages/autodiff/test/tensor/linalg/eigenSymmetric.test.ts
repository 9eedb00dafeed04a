import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad } from '../../../src/derive/grad.ts'
import { evaluate, evaluateAt, fromRows } from '../../../src/target/evaluate.ts'
import { sum } from '../../../src/tensor/broadcast.ts'
import { constant, ones } from '../../../src/tensor/constant.ts'
import { einsum, matmul } from '../../../src/tensor/contract.ts'
import { add, exp, log, mul, sub } from '../../../src/tensor/elementwise.ts'
import { eigenSymmetric, logAbsDet } from '../../../src/tensor/linalg.ts'
import { logSumExp } from '../../../src/tensor/reduce.ts'
import { take, transpose } from '../../../src/tensor/shaping.ts'
import type { Example, Tensor } from '../../../src/tensor/tensor.ts'
import { checkDerivatives, expectClose, numbers, type Tensors, uniform, varying } from '../../derivatives.ts'
import { eye, rotation } from './matrices.ts'

const LANES = 3
const order = fc.integer({ min: 1, max: 7 })
const seed = fc.integer({ min: 0, max: 1e6 })

/** Q diag(w) Qᵀ, row-major. */
const withSpectrum = (w: readonly number[], s: number): Float64Array => {
  const n = w.length
  const q = rotation(n, s)
  return Float64Array.from({ length: n * n }, (_, e) =>
    w.reduce((total, v, k) => total + q[Math.floor(e / n) * n + k]! * v * q[(e % n) * n + k]!, 0),
  )
}

describe('eigenvalues', () => {
  test('of a matrix made of a known spectrum are that spectrum, ascending, also where some are equal', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 7 }), seed, (w, s) => {
        const { data } = evaluate(eigenSymmetric(constant(withSpectrum(w, s), [w.length, w.length])).values)
        expectClose(
          data,
          [...w].sort((a, b) => a - b),
          1e-14,
        )
      }),
      { numRuns: 60 },
    ))

  test('of the second difference matrix are 2 - 2 cos(kπ/(n+1))', () => {
    const n = 12
    const a = Float64Array.from({ length: n * n }, (_, e) => {
      const distance = Math.abs(Math.floor(e / n) - (e % n))
      return distance === 0 ? 2 : distance === 1 ? -1 : 0
    })
    const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))
    expectClose(evaluate(eigenSymmetric(constant(a, [n, n])).values).data, wanted, 1e-15)
  })

  test('of a graded matrix keep their own digits, however small they are beside the largest', () => {
    // D [2 1; 1 2] D with D = diag(1, 1e-10): the determinant is 3e-20.
    const { values } = eigenSymmetric(constant([[2, 1e-10], [1e-10, 2e-20]])) // biome-ignore format: a matrix
    const [small, large] = Array.from(evaluate(values).data)
    expect(Math.abs((small! * large!) / 3e-20 - 1)).toBeLessThan(1e-15)
  })

  test('of huge and of tiny matrices neither overflow nor vanish', () => {
    for (const size of [1e300, 1e-300]) {
      const { values } = eigenSymmetric(constant([[2 * size, size], [size, 2 * size]])) // biome-ignore format: a matrix
      expectClose(evaluate(values).data, [size, 3 * size], 1e-15 * Math.min(1, size))
    }
  })
})

describe('eigenvectors', () => {
  test('diagonalise the matrix, are orthonormal, and have a positive element of largest size', () =>
    fc.assert(
      fc.property(order, seed, (n, s) => {
        const found = evaluateAt(
          ({ x }) => {
            const a = add(x, transpose(x))
            const { values, vectors } = eigenSymmetric(a)
            return {
              rest: sub(matmul(a, vectors), mul(vectors, values)),
              gram: matmul(transpose(vectors), vectors),
              vectors,
            }
          },
          { x: fromRows(numbers(LANES * n * n, s), LANES, [n, n]) },
        )
        expectClose(found.rest.data, new Float64Array(n * n * LANES), 1e-13)
        const identity = Float64Array.from({ length: n * n * LANES }, (_, e) => eye(n)[Math.floor(e / LANES)]!)
        expectClose(found.gram.data, identity, 1e-14)
        for (let lane = 0; lane < LANES; lane++)
          for (let k = 0; k < n; k++) {
            const column = Array.from({ length: n }, (_, i) => found.vectors.data[(i * n + k) * LANES + lane]!)
            expect(Math.max(...column)).toBeGreaterThanOrEqual(Math.max(...column.map(Math.abs)) * (1 - 1e-8))
          }
      }),
      { numRuns: 30 },
    ))

  test('of a matrix that is not symmetric are those of its symmetric part', () => {
    const [one, other] = [[[1, 4], [2, 5]], [[1, 3], [3, 5]]].map((m) => evaluate(eigenSymmetric(constant(m)))) // biome-ignore format: matrices
    expect(one).toEqual(other)
  })
})

test('an element that is not finite gives NaN, in its lane only', () => {
  const { data } = evaluateAt(({ x }) => eigenSymmetric(x).values, {
    x: fromRows([1, Infinity, 0, 1, 1, 0, 0, 2], 2, [2, 2]),
  })
  expect(Array.from(data)).toEqual([NaN, 1, NaN, 2])
})

/** Well separated eigenvalues, around 0, 3, 6, … */
const separated = (x: Example): Example => {
  const n = x.shape[0]!
  return add(
    x,
    constant(
      eye(n).map((v, e) => 3 * v * (e % n)),
      [n, n],
    ),
  )
}

describe('derivatives', () => {
  test.each([1, 2, 4])('to second order, order %i, uniform and varying', (n) => {
    const f = ({ x }: Tensors) => {
      const { values, vectors } = eigenSymmetric(separated(x!))
      return [values, vectors]
    }
    checkDerivatives(f, { x: varying(numbers(n * n * LANES, n), [n, n], LANES) })
    checkDerivatives(f, { x: uniform(numbers(n * n, n + 9), [n, n]) })
  })

  const spectrum = (x: Tensor): Tensor => eigenSymmetric(x).values
  const symmetricFunctions: readonly (readonly [string, (x: Tensor) => Tensor])[] = [
    ['trace', (x) => sum(spectrum(x))],
    ['log-determinant', (x) => sum(log(spectrum(x)))],
    ['trace of the exponential', (x) => sum(exp(spectrum(x)))],
    ['logSumExp', (x) => logSumExp(spectrum(x))],
  ]
  test.each(symmetricFunctions)('of the %s are right where eigenvalues are equal', (_, f) => {
    const n = 4
    const a = withSpectrum([2, 2, 2, 5], 3)
    const at = (t: number): number => {
      const moved = a.map((v, e) => v + t * along[e]!)
      return evaluate(f(constant(moved, [n, n]))).data[0]!
    }
    const along = numbers(n * n, 8)
    const slope = (8 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3
    const gradient = Array.from(evaluate(grad(f)(constant(a, [n, n]))).data as Float64Array)
    expectClose([gradient.reduce((total, g, e) => total + g * along[e]!, 0)], [slope], 1e-9)
  })

  test('of the log-determinant are the inverse, as by elimination', () => {
    const a = constant(withSpectrum([1, 1, 3, 3, 3], 5), [5, 5])
    const byValues = evaluate(grad((x: Tensor) => sum(log(spectrum(x))))(a)).data
    expectClose(byValues, evaluate(grad((x: Tensor) => logAbsDet(x))(a)).data, 1e-13)
  })

  test('of the vectors are finite where eigenvalues are equal', () => {
    const f = (x: Tensor): Tensor => {
      const { values, vectors } = eigenSymmetric(x)
      return sum(mul(einsum('ik,jk->ij', mul(vectors, exp(values)), vectors), ones([3, 3])))
    }
    for (const w of [[1, 1, 1], [0, 0, 0], [1, 1, 2]]) // biome-ignore format: spectra
      expect(evaluate(grad(f)(constant(withSpectrum(w, 2), [3, 3]))).data.every(Number.isFinite)).toBe(true)
  })

  test('of the largest eigenvalue are v vᵀ', () => {
    const a = constant(withSpectrum([1, 2, 6], 7), [3, 3])
    const gradient = evaluate(grad((x: Tensor) => take(spectrum(x), 0, 2))(a)).data
    const v = evaluate(take(eigenSymmetric(a).vectors, 1, 2)).data
    expectClose(gradient, Array.from({ length: 9 }, (_, e) => v[Math.floor(e / 3)]! * v[e % 3]!), 1e-14) // biome-ignore format: short
  })
})

test('a matrix that is not square is refused', () =>
  expect(() => eigenSymmetric(constant([[1, 2]]))).toThrow(
    'eigenSymmetric: takes a square float matrix [n, n], got float [1, 2].',
  ))
