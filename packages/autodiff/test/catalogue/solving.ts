import * as fc from 'fast-check'
import * as d from '../../src/index.ts'
import { at, type Plain, range, tabulate, total } from '../plain.ts'
import { between, type Case, length } from './case.ts'

const UNIT = between(-1, 1)
const flags = (n: number): fc.Arbitrary<readonly boolean[]> => fc.array(fc.boolean(), { minLength: n, maxLength: n })
const order = fc.integer({ min: 1, max: 4 })
const identity = (n: number): d.Tensor => d.constant(range(n).map((i) => range(n).map((j) => Number(i === j))))

/** a + 3 I and a aᵀ + I: far from singular, and positive definite. */
const regular = (a: d.Example, n: number): d.Example => d.add(a, d.mul(3, identity(n)))
const definite = (a: d.Example, n: number): d.Example => d.add(d.einsum('ij,kj->ik', a, a), identity(n))
const regularOf = (a: Plain): Plain => tabulate(a.shape, (i, j) => at(a, i!, j!) + (i === j ? 3 : 0))
const definiteOf = (a: Plain): Plain =>
  tabulate(a.shape, (i, j) => total(range(a.shape[0]!).map((k) => at(a, i!, k) * at(a, j!, k))) + Number(i === j))

/** Gaussian elimination without pivots, of a matrix that does not need them: x with a x = b, and the pivots. */
const eliminate = (
  a: Plain,
  b: readonly number[],
): { readonly x: readonly number[]; readonly pivots: readonly number[] } => {
  const n = a.shape[0]!
  const rows = range(n).map((i) => [...range(n).map((j) => at(a, i, j)), b[i]!])
  for (const k of range(n))
    for (const i of range(n).slice(k + 1)) {
      const factor = rows[i]![k]! / rows[k]![k]!
      rows[i] = rows[i]!.map((v, j) => v - factor * rows[k]![j]!)
    }
  const x = new Array<number>(n).fill(0)
  for (const i of [...range(n)].reverse())
    x[i] = (rows[i]![n]! - total(range(n).map((j) => (j > i ? rows[i]![j]! * x[j]! : 0)))) / rows[i]![i]!
  return { x, pivots: range(n).map((k) => rows[k]![k]!) }
}

/** The symmetric part of a + 6 diag(0, 1, …), whose eigenvalues are far apart. */
const apart = (a: d.Example, n: number): d.Example =>
  d.add(d.mul(0.5, d.add(a, d.transpose(a))), d.mul(6, d.mul(identity(n), d.iota(n))))
const apartOf = (a: Plain): Plain =>
  tabulate(a.shape, (i, j) => 0.5 * (at(a, i!, j!) + at(a, j!, i!)) + (i === j ? 6 * i! : 0))

const times = (a: Plain, b: Plain): Plain =>
  tabulate(a.shape, (i, j) => total(range(a.shape[0]!).map((k) => at(a, i!, k) * at(b, k, j!))))

/** 1 + a + a²/2! + …, whose terms are below 1e-19 of a matrix of four rows from the 36th on. */
const series = (a: Plain): Plain => {
  const n = a.shape[0]!
  let term = range(n * n).map((e) => Number(e % (n + 1) === 0))
  const sum = [...term]
  for (let k = 1; k < 36; k++) {
    const before = term
    term = before.map((_, e) => {
      let product = 0
      for (let j = 0; j < n; j++) product += a.data[e - (e % n) + j]! * before[j * n + (e % n)]!
      return product / k
    })
    term.forEach((v, e) => {
      sum[e]! += v
    })
  }
  return { shape: a.shape, data: sum }
}
const zero = (n: number): readonly number[] => range(n).map(() => 0)
/** What the rounding of these few operations may do to a meaning itself. */
const slack = 1e-13

export const solving: readonly Case[] = [
  {
    name: 'solve',
    instance: fc.tuple(order, length, fc.boolean(), flags(2)).map(([n, m, vector, [aVaries, bVaries]]) => ({
      inputs: {
        a: { shape: [n, n], varies: aVaries!, values: UNIT },
        b: { shape: vector ? [n] : [n, m], varies: bVaries!, values: UNIT },
      },
      graph: ({ a, b }) => d.solve(regular(a!, n), b!),
      meaning: {
        each: ({ a, b }) => {
          const columns = range(vector ? 1 : m).map((j) => b!.data.filter((_, i) => vector || i % m === j))
          const solved = columns.map((column) => eliminate(regularOf(a!), column).x)
          return tabulate(b!.shape, (i, j = 0) => solved[j]![i!]!)
        },
      },
      slack,
    })),
  },
  {
    name: 'triangularSolve',
    instance: fc.tuple(order, flags(5)).map(([n, [tVaries, bVaries, lower, transpose, unitDiagonal]]) => ({
      inputs: {
        t: { shape: [n, n], varies: tVaries!, values: UNIT },
        b: { shape: [n], varies: bVaries!, values: UNIT },
      },
      note: `${lower ? 'lower' : 'upper'}${transpose ? ', transposed' : ''}${unitDiagonal ? ', diagonal 1' : ''}`,
      graph: ({ t, b }) =>
        d.triangularSolve(regular(t!, n), b!, { lower: lower!, transpose: transpose!, unitDiagonal: unitDiagonal! }),
      meaning: {
        each: ({ t, b }) => {
          const whole = regularOf(t!)
          const triangle = tabulate([n, n], (i, j) =>
            i === j ? (unitDiagonal ? 1 : at(whole, i!, j!)) : (lower ? i! > j! : i! < j!) ? at(whole, i!, j!) : 0,
          )
          const turned = transpose ? tabulate([n, n], (i, j) => at(triangle, j!, i!)) : triangle
          return { shape: [n], data: eliminate(turned, b!.data).x }
        },
      },
      slack,
    })),
  },
  {
    name: 'logAbsDet',
    instance: fc.tuple(order, fc.boolean()).map(([n, varies]) => ({
      inputs: { a: { shape: [n, n], varies, values: UNIT } },
      graph: ({ a }) => d.logAbsDet(regular(a!, n)),
      meaning: {
        each: ({ a }) => ({
          shape: [],
          data: [total(eliminate(regularOf(a!), zero(n)).pivots.map((p) => Math.log(Math.abs(p))))],
        }),
      },
      slack,
    })),
  },
  {
    name: 'lu',
    instance: fc.tuple(order, fc.boolean()).map(([n, varies]) => ({
      inputs: { a: { shape: [n, n], varies, values: UNIT } },
      // The factors in the order of the rows are the matrix again; the pivots do not grow.
      graph: ({ a }) => {
        const { l, u, permutation } = d.lu(regular(a!, n))
        return [
          d.sub(d.einsum('ij,jk->ik', l, u), d.gather(regular(a!, n), permutation)),
          d.less(d.max(d.abs(l)), 1 + 1e-6),
          d.sum(
            d.einsum(
              'i,ij->j',
              permutation.dtype === 'int' ? d.cast(permutation, 'float') : permutation,
              d.ones([n, 1]),
            ),
          ),
        ]
      },
      meaning: {
        each: () => [tabulate([n, n], () => 0), { shape: [], data: [1] }, { shape: [], data: [(n * (n - 1)) / 2] }],
      },
      slack,
    })),
  },
  {
    name: 'cholesky',
    instance: fc.tuple(order, fc.boolean()).map(([n, varies]) => ({
      inputs: { a: { shape: [n, n], varies, values: UNIT } },
      graph: ({ a }) => d.cholesky(definite(a!, n)),
      meaning: {
        each: ({ a }) => {
          const m = definiteOf(a!)
          const l = range(n).map(() => new Array<number>(n).fill(0))
          for (const i of range(n))
            for (const j of range(i + 1)) {
              const rest = at(m, i, j) - total(range(j).map((k) => l[i]![k]! * l[j]![k]!))
              l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!
            }
          return tabulate([n, n], (i, j) => l[i!]![j!]!)
        },
      },
      slack,
    })),
  },
  {
    name: 'eigenSymmetric',
    instance: fc.tuple(order, fc.boolean()).map(([n, varies]) => ({
      inputs: { a: { shape: [n, n], varies, values: UNIT } },
      // Sum and order of the values, the square of the matrix by them, and that the vectors are what they should be.
      graph: ({ a }) => {
        const m = apart(a!, n)
        const { values, vectors } = d.eigenSymmetric(m)
        return [
          d.sum(values),
          d.less(d.slice(values, 0, 0, n - 1), d.slice(values, 0, 1, n)),
          d.einsum('ik,jk->ij', d.mul(vectors, d.square(values)), vectors),
          d.sub(d.matmul(m, vectors), d.mul(vectors, values)),
          d.sub(d.einsum('ki,kj->ij', vectors, vectors), identity(n)),
        ]
      },
      meaning: {
        each: ({ a }) => {
          const m = apartOf(a!)
          const nothing = tabulate([n, n], () => 0)
          return [
            { shape: [], data: [total(range(n).map((i) => at(m, i, i)))] },
            { shape: [n - 1], data: range(n - 1).map(() => 1) },
            times(m, m),
            nothing,
            nothing,
          ]
        },
      },
      // Of numbers as large as 500.
      slack: 1e-12,
    })),
  },
  {
    name: 'expm',
    instance: fc.tuple(order, fc.boolean()).map(([n, varies]) => ({
      inputs: { a: { shape: [n, n], varies, values: UNIT } },
      graph: ({ a }) => d.expm(a!),
      meaning: { each: ({ a }) => series(a!) },
      slack,
    })),
  },
  {
    name: 'root',
    instance: fc.tuple(fc.array(length, { maxLength: 2 }), flags(2)).map(([s, [yVaries, wVaries]]) => ({
      inputs: {
        y: { shape: s, varies: yVaries!, values: between(-3, 3) },
        w: { shape: [], varies: wVaries!, values: between(0.5, 2) },
      },
      // x + w x³ = y, whose one root is between -3 and 3.
      graph: ({ y, w }) =>
        d.root(
          (x) => d.sub(d.add(x, d.mul(w!, d.mul(x, d.square(x)))), y!),
          d.add(d.mul(y!, 0), d.sub(d.mul(w!, 0), 4)),
          4,
        ),
      meaning: {
        each: ({ y, w }) =>
          tabulate(s, (...index) => {
            let [low, high] = [-4, 4]
            for (let i = 0; i < 70; i++) {
              const middle = (low + high) / 2
              if (middle + w!.data[0]! * middle ** 3 < at(y!, ...index)) low = middle
              else high = middle
            }
            return (low + high) / 2
          }),
      },
      slack,
    })),
  },
  {
    name: 'fixedPoint',
    instance: fc.tuple(length, flags(2)).map(([n, [bVaries, wVaries]]) => ({
      inputs: {
        b: { shape: [n], varies: bVaries!, values: UNIT },
        w: { shape: [], varies: wVaries!, values: between(0.1, 0.4) },
      },
      // x = w sin(x) + b, started at b.
      graph: ({ b, w }) => d.fixedPoint((x) => d.add(d.mul(w!, d.sin(x)), b!), d.add(b!, d.mul(w!, 0)), 100),
      meaning: {
        each: ({ b, w }) => ({
          shape: [n],
          data: b!.data.map((v) => range(100).reduce((x) => w!.data[0]! * Math.sin(x) + v, v)),
        }),
      },
      slack,
    })),
  },
]
