import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  add,
  cholesky,
  constant,
  cumulativeSum,
  type Example,
  example,
  gather,
  grad,
  type HostArray,
  input,
  lanes,
  logAbsDet,
  lu,
  max,
  min,
  mul,
  openReference,
  type Resident,
  scatterAdd,
  searchSorted,
  sin,
  solve,
  sum,
  type Tensor,
  takeAlong,
  triangularSolve,
} from '../../../src/index.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { numbersFrom } from '../../catalogue/case.ts'

const engine = openWasm({ precision: 'float64', threads: 1 })
afterAll(engine.dispose)
const reference = openReference()

interface Given {
  readonly shape: readonly number[]
  readonly varies: boolean
  /** Integers below this; floats in ±1 when left out. */
  readonly below?: number
}
/** Of arguments that are written as uniform, whether they vary or not. */
type Graph = (...x: readonly Tensor[]) => Example | readonly Example[]

/** Runs on the engine, all of it as compiled code, and gives what the reference gives. */
const agrees = (f: Graph, given: readonly Given[], lanes = 70): void => {
  const next = numbersFrom(given.flatMap(({ shape }) => shape).reduce((h, n) => 31 * h + n, 7))
  const names = given.map((_, i) => `x${i}`)
  const arrays = given.map(({ shape, varies, below }): HostArray => {
    const size = shape.reduce((a, b) => a * b, 1) * (varies ? lanes : 1)
    const numbers = Array.from({ length: size }, next)
    const data =
      below === undefined
        ? Float64Array.from(numbers, (u) => 2 * u - 1)
        : Int32Array.from(numbers, (u) => Math.floor(below * u))
    return { data, shape, ...(varies && { lanes }) }
  })
  const inputs = Object.fromEntries(arrays.map((x, i) => [names[i]!, x]))
  const signature = Object.fromEntries(
    given.map(({ shape, varies, below }, i) => {
      const dtype = below === undefined ? 'float' : 'int'
      return [names[i]!, varies ? (example(shape, dtype) as Tensor) : input(shape, dtype)]
    }),
  )
  const graph = (x: typeof signature): readonly Example[] => [f(...names.map((name) => x[name]!))].flat()
  const program = engine.compileSync(graph, signature)
  expect(program.explain()).toContain('on the host: nothing')
  const [found, wanted] = [engine, reference].map((target) => {
    const run = target === engine ? program : reference.compileSync(graph, signature)
    return (run.runSync(inputs, { lanes: { count: lanes } }) as readonly Resident[]).map((r) =>
      Array.from(target.readSync(r).data),
    )
  })
  program.dispose()
  wanted!.forEach((numbers, k) => {
    numbers.forEach((y, i) => {
      const x = found![k]![i]!
      if (!(Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y))))
        throw new Error(`element ${i} of result ${k} is ${x}, not ${y}, of ${JSON.stringify(given)}.`)
    })
  })
}

/** Twice the identity of order n, its rows moved down by some, around the end. */
const scaledRows = (n: number, by: number): Tensor =>
  constant(
    Float64Array.from({ length: n * n }, (_, e) => (Math.floor(e / n) === ((e % n) + by) % n ? 2 : 0)),
    [n, n],
  )

const length = fc.integer({ min: 1, max: 11 })
const flag = fc.boolean()

describe('kernels on values of many sizes', () => {
  test('reduce over any axes', () =>
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 4 }), flag, fc.nat(15), (shape, varies, chosen) => {
        const axes = [...shape.keys()].filter((axis) => (chosen >> axis) & 1)
        agrees((x) => [sum(x!, axes), max(x!, axes), min(x!, axes)], [{ shape, varies }])
      }),
      { numRuns: 12 },
    ))

  test('sum many terms in blocks, side by side or not', () => {
    for (const varies of [true, false])
      for (const shape of [[1000], [3, 200], [3, 300], [200, 3], [200, 21], [2, 150, 5]])
        for (const axis of shape.keys()) agrees((x) => [sum(x!, axis), max(x!, axis)], [{ shape, varies }])
  })

  test('sum in one order, whether the terms lie side by side, apart or in lanes, on any number of threads', () => {
    const numbers = numbersFrom(3)
    const count = 700
    const data = Float64Array.from({ length: count }, () => 2 * numbers() - 1)
    const repeated = (times: number): Float64Array =>
      Float64Array.from({ length: count * times }, (_, i) => data[Math.floor(i / times)]!)
    const sums = [1, 2, 3].flatMap((threads) => {
      const single = openWasm({ precision: 'float32', threads }, { worth: 0 })
      const program = single.compileSync(({ x, y, z }) => ({ beside: sum(x), apart: sum(y, 0), inLanes: sum(z) }), {
        x: input([count]),
        y: input([count, 37]),
        z: example([count]),
      })
      const found = program.runSync({
        x: { data, shape: [count] },
        y: { data: repeated(37), shape: [count, 37] },
        z: { data: repeated(5), shape: [count], lanes: 5 },
      }) as Readonly<Record<string, Resident>>
      const read = Object.values(found).flatMap((r) => Array.from(single.readSync(r).data))
      single.dispose()
      return read
    })
    expect(sums).toHaveLength(3 * (1 + 37 + 5))
    expect(new Set(sums).size).toBe(1)
  })

  test('read and add by index', () =>
    fc.assert(
      fc.property(length, length, length, length, flag, flag, (rows, picked, a, b, xVaries, iVaries) => {
        const index = { shape: [picked], varies: iVaries, below: rows }
        agrees(
          (x, i, g) => [gather(x!, i!), scatterAdd(x!, i!, g!)],
          [{ shape: [rows, a, b], varies: xVaries }, index, { shape: [picked, a, b], varies: xVaries }],
        )
        agrees(
          (x, i) => takeAlong(x!, i!, 1),
          [
            { shape: [a, rows, b], varies: xVaries },
            { shape: [a, picked, b], varies: iVaries, below: rows },
          ],
        )
        const weighed = (x: Tensor, i: Tensor): Tensor =>
          grad((v: Tensor) => lanes.sum(sum(sin(takeAlong(v, i, 1)))))(x)
        agrees(
          (x, i) => weighed(x!, i!),
          [
            { shape: [a, rows, b], varies: xVaries },
            { shape: [a, picked, b], varies: iVaries, below: rows },
          ],
        )
      }),
      { numRuns: 8 },
    ))

  test('run along an axis and search', () =>
    fc.assert(
      fc.property(length, length, length, flag, flag, (a, b, c, xVaries, yVaries) => {
        agrees(
          (x) => [0, 1, 2].flatMap((axis) => [cumulativeSum(x!, axis), cumulativeSum(x!, axis, { reverse: true })]),
          [{ shape: [a, b, c], varies: xVaries }],
        )
        agrees(
          (x, y) => searchSorted(cumulativeSum(mul(x!, x!)), y!),
          [
            { shape: [a, b], varies: xVaries },
            { shape: [a], varies: yVaries },
          ],
        )
      }),
      { numRuns: 8 },
    ))

  test('solve systems of equations, triangular or not, and give their derivatives', () =>
    fc.assert(
      fc.property(length, length, flag, flag, (n, columns, aVaries, bVaries) => {
        const given = [
          { shape: [n, n], varies: aVaries },
          { shape: [n, columns], varies: bVaries },
        ]
        // Far from singular, with its pivots off the diagonal; and far from singular with them on it.
        const regular = (a: Tensor): Tensor => add(scaledRows(n, 3), mul(0.1, a))
        const positive = (a: Tensor): Tensor => add(scaledRows(n, 0), mul(0.1, a))
        agrees((a, b) => solve(regular(a!), b!), given)
        agrees(
          (a, b) =>
            Object.values(
              grad((x: { a: Tensor; b: Tensor }) => lanes.sum(sum(sin(solve(regular(x.a), x.b)))))({
                a: a!,
                b: b!,
              }),
            ),
          given,
        )
        agrees(
          (a) => {
            const { l, u, permutation } = lu(regular(a!))
            return [l, u, permutation, logAbsDet(regular(a!)), cholesky(positive(a!))]
          },
          given.slice(0, 1),
        )
        for (const lower of [true, false])
          for (const flipped of [true, false])
            agrees(
              (a, b) => triangularSolve(positive(a!), b!, { lower, transpose: flipped, unitDiagonal: flipped }),
              given,
            )
      }),
      { numRuns: 12 },
    ))
})
