import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, evaluateAt, fromRows, toRows } from '../../src/target/evaluate.ts'
import { constant } from '../../src/tensor/constant.ts'
import { matmul } from '../../src/tensor/contract.ts'
import { add, mul, sub } from '../../src/tensor/elementwise.ts'
import { gather } from '../../src/tensor/gather.ts'
import { cholesky, logAbsDet, lu, solve, triangularSolve } from '../../src/tensor/linalg.ts'
import { transpose } from '../../src/tensor/shaping.ts'
import type { Example } from '../../src/tensor/tensor.ts'
import { checkDerivatives, expectClose, numbers, type Tensors, uniform, valuesOf, varying } from '../derivatives.ts'

const eye = (n: number, scale = 1): Float64Array =>
  Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? scale : 0))
const order = fc.integer({ min: 1, max: 6 })
const seed = fc.integer({ min: 0, max: 1e6 })
const LANES = 3
/** A matrix per lane, rows [lanes, n, n]. */
const matrices = (n: number, s: number) => fromRows(numbers(LANES * n * n, s), LANES, [n, n])
const definite = (a: Example): Example =>
  add(matmul(a, transpose(a)), constant(eye(a.shape[0]!, 0.1), [a.shape[0]!, a.shape[0]!]))

describe('cholesky', () => {
  test('the factor is lower triangular with a positive diagonal, and its square is the matrix', () =>
    fc.assert(
      fc.property(order, seed, (n, s) => {
        const { a, l, again } = evaluateAt(
          ({ x }) => {
            const a = definite(x)
            const l = cholesky(a)
            return { a, l, again: matmul(l, transpose(l)) }
          },
          { x: matrices(n, s) },
        )
        expectClose(again.data, a.data, 1e-14)
        const rows = toRows(l)
        for (let lane = 0; lane < LANES; lane++)
          for (let i = 0; i < n; i++)
            for (let j = i; j < n; j++) {
              const v = rows[(lane * n + i) * n + j]!
              expect(i === j ? v > 0 : v === 0).toBe(true)
            }
      }),
      { numRuns: 30 },
    ))

  test('NaN marks what is not positive definite, in its lane only', () => {
    const { data } = evaluateAt(({ x }) => cholesky(x), { x: fromRows([1, 2, 2, 1, 4, 2, 2, 5], 2, [2, 2]) })
    expect(Array.from(data)).toEqual([1, 2, 0, 0, 2, 1, NaN, 2])
    expect(evaluate(cholesky(constant([[0]]))).data[0]).toBeNaN()
  })

  test('of a matrix that is not symmetric the symmetric part is meant', () => {
    const a = evaluate(cholesky(constant([[4, 1], [3, 5]]))) // biome-ignore format: a matrix
    expect(Array.from(a.data)).toEqual([2, 0, 1, 2])
  })

  test.each([1, 2, 4])('derivatives to second order, order %i, uniform and varying', (n) => {
    checkDerivatives(({ x }) => cholesky(definite(x!)), { x: varying(numbers(n * n * LANES, n), [n, n], LANES) })
    checkDerivatives(({ x }) => cholesky(add(x!, constant(eye(n, 3), [n, n]))), {
      x: uniform(numbers(n * n, n), [n, n]),
    })
  })

  test('a matrix that is not square is refused', () =>
    expect(() => cholesky(constant([[1, 2]]))).toThrow(
      'cholesky: takes a square float matrix [n, n], got float [1, 2].',
    ))
})

describe('triangularSolve', () => {
  const options = fc.record({ lower: fc.boolean(), transpose: fc.boolean(), unitDiagonal: fc.boolean() })
  const kinds = fc.record({ matrixVaries: fc.boolean(), sideVaries: fc.boolean(), columns: fc.constantFrom(0, 1, 3) })

  test('its result solves the system, for every triangle and every mixture of axes', () =>
    fc.assert(
      fc.property(order, seed, options, kinds, (n, s, how, kind) => {
        const array = (of: readonly number[], varies: boolean, at: number) => {
          const size = of.reduce((x, y) => x * y, 1)
          return varies ? varying(numbers(size * LANES, at), of, LANES) : uniform(numbers(size, at), of)
        }
        const kept = Float64Array.from({ length: n * n }, (_, e) => {
          const [i, j] = [Math.floor(e / n), e % n]
          return i === j ? Number(!how.unitDiagonal) : Number(how.lower ? i > j : i < j)
        })
        const [difference, solution] = valuesOf(
          ({ x, b }: Tensors) => {
            const t = add(x!, constant(eye(n, 3), [n, n]))
            const triangle = add(mul(t, constant(kept, [n, n])), constant(eye(n, Number(how.unitDiagonal)), [n, n]))
            const y = triangularSolve(t, b!, how)
            return [sub(matmul(how.transpose ? transpose(triangle) : triangle, y), b!), y]
          },
          {
            x: array([n, n], kind.matrixVaries, s),
            b: array(kind.columns ? [n, kind.columns] : [n], kind.sideVaries, s + 1),
          },
        )
        const size = Math.max(1, ...solution!.map(Math.abs))
        expectClose(
          difference!.map((v) => v / size),
          new Float64Array(difference!.length),
          1e-13,
        )
      }),
      { numRuns: 60 },
    ))

  test.each([
    { lower: true, transpose: false, unitDiagonal: false },
    { lower: false, transpose: true, unitDiagonal: false },
    { lower: true, transpose: true, unitDiagonal: true },
    { lower: false, transpose: false, unitDiagonal: true },
  ])('derivatives to second order, $lower $transpose $unitDiagonal', (how) => {
    const n = 3
    const f = ({ x, b }: Tensors) => triangularSolve(add(x!, constant(eye(n, 3), [n, n])), b!, how)
    const [a, aLanes] = [uniform(numbers(n * n, 1), [n, n]), varying(numbers(n * n * LANES, 2), [n, n], LANES)]
    const [b, bLanes] = [uniform(numbers(n * 2, 3), [n, 2]), varying(numbers(n * LANES, 4), [n], LANES)]
    checkDerivatives(f, { x: a, b })
    checkDerivatives(f, { x: a, b: bLanes })
    checkDerivatives(f, { x: aLanes, b })
    checkDerivatives(f, { x: aLanes, b: bLanes })
  })

  test('a right-hand side of another order is refused', () =>
    expect(() => triangularSolve(constant([[1]]), constant([1, 2]))).toThrow(
      'triangularSolve: a matrix of order 1 takes a float [1] or [1, m], got float [2].',
    ))
})

describe('lu', () => {
  test('the factors give the rows in their new order; no element of L is above 1 in size', () =>
    fc.assert(
      fc.property(order, seed, (n, s) => {
        const { ordered, product, l, u } = evaluateAt(
          ({ x }) => {
            const { l, u, permutation } = lu(x)
            return { ordered: gather(x, permutation), product: matmul(l, u), l, u }
          },
          { x: matrices(n, s) },
        )
        expectClose(product.data, ordered.data, 1e-14)
        const [lower, upper] = [toRows(l), toRows(u)]
        for (let e = 0; e < LANES * n * n; e++) {
          const [i, j] = [Math.floor(e / n) % n, e % n]
          expect(i === j ? lower[e] === 1 : i < j ? lower[e] === 0 : Math.abs(lower[e]!) <= 1).toBe(true)
          if (i > j) expect(upper[e]).toBe(0)
        }
      }),
      { numRuns: 30 },
    ))

  test('a singular matrix has factors with a 0 on the diagonal of U', () => {
    const { l, u, permutation } = evaluate(lu(constant([[0, 1], [0, 2]]))) // biome-ignore format: a matrix
    expect([l, u, permutation].map(({ data }) => Array.from(data))).toEqual([[1, 0, 0, 1], [0, 1, 0, 2], [0, 1]]) // biome-ignore format: matrices
  })

  test.each([1, 2, 4])('derivatives to second order, order %i', (n) => {
    const f = ({ x }: Tensors) => {
      const { l, u } = lu(x!)
      return [l, u]
    }
    checkDerivatives(f, { x: varying(numbers(n * n * LANES, 5), [n, n], LANES) }, 2, 1e-6)
    checkDerivatives(f, { x: uniform(numbers(n * n, 6), [n, n]) }, 2, 1e-6)
  })
})

describe('solve and logAbsDet', () => {
  test('the solution solves, also for a matrix that needs its rows exchanged', () => {
    const x = evaluate(solve(constant([[0, 2, 0], [0, 0, 3], [4, 0, 0]]), constant([2, 3, 4]))) // biome-ignore format: a matrix
    expect(Array.from(x.data)).toEqual([1, 1, 1])
    fc.assert(
      fc.property(order, seed, fc.constantFrom(0, 1, 3), (n, s, columns) => {
        const shape = columns ? [n, columns] : [n]
        const size = n * Math.max(1, columns)
        const { back, y } = evaluateAt(
          ({ a, b }) => {
            const y = solve(a, b)
            return { back: sub(matmul(a, y), b), y }
          },
          {
            a: matrices(n, s),
            b: varying(numbers(size * LANES, s), shape, LANES) as { lanes: number } & ReturnType<typeof varying>,
          },
        )
        const scale = Math.max(1, ...y.data.map(Math.abs))
        expectClose(
          back.data.map((v) => v / scale),
          new Float64Array(size * LANES),
          1e-13,
        )
      }),
      { numRuns: 30 },
    )
  })

  test('logAbsDet is the logarithm of what the definition of a determinant gives', () =>
    fc.assert(
      fc.property(seed, (s) => {
        const n = 4
        const a = matrices(n, s)
        const found = evaluateAt(({ a }) => logAbsDet(a), { a }).data
        const rows = toRows(a)
        for (let lane = 0; lane < LANES; lane++) {
          const m = Array.from({ length: n }, (_, i) =>
            Array.from(rows.subarray((lane * n + i) * n, (lane * n + i + 1) * n)),
          )
          const det = Math.abs(determinant(m))
          expect(Math.abs(Math.exp(found[lane]!) - det)).toBeLessThan(1e-13)
        }
      }),
      { numRuns: 50 },
    ))

  test('a singular matrix has log|det| -Infinity', () =>
    expect(evaluate(logAbsDet(constant([[1, 2], [2, 4]]))).data[0]).toBe(-Infinity)) // biome-ignore format: a matrix

  test.each([1, 3])('derivatives to second order, order %i, in every mixture of axes', (n) => {
    const [a, aLanes] = [uniform(numbers(n * n, 11), [n, n]), varying(numbers(n * n * LANES, 12), [n, n], LANES)]
    const [b, bLanes] = [uniform(numbers(n * 2, 13), [n, 2]), varying(numbers(n * LANES, 14), [n], LANES)]
    const f = ({ x, b }: Tensors) => solve(add(x!, constant(eye(n, 2), [n, n])), b!)
    checkDerivatives(f, { x: a, b })
    checkDerivatives(f, { x: a, b: bLanes })
    checkDerivatives(f, { x: aLanes, b })
    checkDerivatives(f, { x: aLanes, b: bLanes })
    const g = ({ x }: Tensors) => logAbsDet(add(x!, constant(eye(n, 2), [n, n])))
    checkDerivatives(g, { x: a })
    checkDerivatives(g, { x: aLanes })
  })
})

/** By permutations: the definition, and nothing of what is tested. */
const determinant = (m: readonly (readonly number[])[]): number =>
  m.length === 0
    ? 1
    : m[0]!.reduce(
        (sum, v, j) => sum + (j % 2 ? -1 : 1) * v * determinant(m.slice(1).map((row) => row.filter((_, k) => k !== j))),
        0,
      )
