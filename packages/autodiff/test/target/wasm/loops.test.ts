import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  add,
  concat,
  constant,
  cos,
  type Example,
  evaluateAt,
  example,
  fixedPoint,
  flip,
  fromRows,
  grad,
  type HostArray,
  input,
  lanes,
  lessEqual,
  loop,
  map,
  matmul,
  mul,
  type Resident,
  root,
  scan,
  slice,
  sub,
  sum,
  type Tensor,
  tanh,
  until,
} from '../../../src/index.ts'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import type { Tree } from '../../../src/tree.ts'

const engines = {
  float32: openWasm({ threads: 1 }),
  float64: openWasm({ threads: 1, precision: 'float64' }),
  threads: openWasm({ threads: 3 }, { worth: 0 }),
}
afterAll(() => {
  for (const engine of Object.values(engines)) engine.dispose()
})

type Arrays = Readonly<Record<string, HostArray>>
type Tensors = Readonly<Record<string, Example>>
type Graph = (x: Tensors) => Readonly<Record<string, Example>>

const signatureOf = (arrays: Arrays): Tensors =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, lanes }]) => [
      name,
      lanes === undefined ? (input(shape) as Example) : example(shape),
    ]),
  )

const run = (engine: keyof typeof engines, f: Graph, arrays: Arrays): Readonly<Record<string, readonly number[]>> => {
  const program = engines[engine].compileSync(f, signatureOf(arrays))
  // Nothing of what is tested here is the host's work.
  expect(program.explain()).toContain('on the host: nothing')
  const results = program.runSync(arrays) as Readonly<Record<string, Resident>>
  const found = Object.fromEntries(
    Object.entries(results).map(([name, x]) => [name, Array.from(engines[engine].readSync(x).data)]),
  )
  program.dispose()
  return found
}

/** Both formats near the reference, and threads equal to one thread to the bit. */
const agrees = (f: Graph, arrays: Arrays): void => {
  const expected = evaluateAt(f, arrays as Tree<HostArray> as Arrays) as unknown as Readonly<Record<string, HostArray>>
  const single = run('float32', f, arrays)
  const double = run('float64', f, arrays)
  for (const [name, { data }] of Object.entries(expected)) {
    const size = Math.max(...data.map(Math.abs))
    data.forEach((value, i) => {
      expect(Math.abs(single[name]![i]! - value)).toBeLessThanOrEqual(2e-5 * size)
      expect(Math.abs(double[name]![i]! - value)).toBeLessThanOrEqual(1e-12 * size)
    })
  }
  expect(run('threads', f, arrays)).toEqual(single)
}

const waves = (count: number, by = 1): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(by * i * i))
const LANES = 150

describe('a loop in WebAssembly', () => {
  const weights: HostArray = { data: Float64Array.from(waves(5 * 16, 0.7)), shape: [5, 4, 4] }
  const states = fromRows(waves(4 * LANES), LANES, [4])

  test('reads a uniform slice for each turn, and its gradient by all slices is that of the reference', () => {
    const layers = (w: Example, x: Example): Example =>
      scan(w, x, (c, layer) => [tanh(matmul(layer, c)), sum(c)] as const)[0]
    agrees(
      ({ w, x }) => ({
        value: layers(w!, x!),
        slope: grad((v: Tensor) => lanes.mean(sum(layers(v, x!))))(w as Tensor),
      }),
      { w: weights, x: states },
    )
  })

  test('keeps uniform carries beside varying ones, and gives both with what was stacked', () =>
    agrees(
      ({ w, x }) => {
        const [{ n, c }, stacked] = scan(w!, { n: constant(1) as Tensor, c: x! }, ({ n, c }, layer) => [
          { n: add(mul(n, 0.5), sum(slice(layer, 0, 0, 1))) as Tensor, c: mul(tanh(matmul(layer, c)), n) },
          n,
        ])
        return { n, c, stacked, more: add(c, n) }
      },
      { w: weights, x: states },
    ))

  test('gives carries that change places around to each other', () =>
    agrees(
      ({ x }) => {
        const end = loop(7, { a: x!, b: mul(x!, 2), c: mul(x!, 3) }, ({ a, b, c }, i) => ({
          a: b,
          b: c,
          c: add(mul(a, 0.5), i),
        }))
        return { ...end, turned: loop(3, x!, (v) => v) }
      },
      { x: states },
    ))

  test('runs inside another, over slices of it', () =>
    agrees(
      ({ w, x }) => ({
        rows: map(w!, (layer, i) => loop(3, x!, (c, j) => tanh(add(matmul(layer, c), mul(0.1, add(i, j)))))),
      }),
      { w: weights, x: states },
    ))

  test('ends for each example when that one is done', () => {
    const far = fromRows(
      Array.from({ length: LANES }, (_, i) => 1.5 ** (i % 23)),
      LANES,
      [],
    )
    const halved = ({ x }: Tensors): Readonly<Record<string, Example>> => {
      const [end, met] = until(
        20,
        { v: x!, rounds: lanes.spread(constant(0)) as Example },
        ({ v }) => lessEqual(v, 1),
        ({ v, rounds }) => ({ v: mul(v, 0.5), rounds: add(rounds, 1) }),
      )
      return { ...end, met: met as Example }
    }
    agrees(halved, { x: far })
    const { rounds, met } = run('float32', halved, { x: far })
    expect(rounds).toEqual(Array.from(far.data, (v) => Math.max(0, Math.ceil(Math.log2(v)))))
    expect(new Set(met)).toEqual(new Set([1]))
  })

  test('is differentiated through an early end', () =>
    agrees(
      ({ x, w }) => ({
        slope: grad((k: Tensor) =>
          lanes.mean(
            until(
              12,
              x!,
              (v) => lessEqual(mul(v, v), 0.01),
              (v) => mul(v, tanh(k)),
            )[0],
          ),
        )(w as Tensor),
      }),
      { x: fromRows(waves(LANES), LANES, []), w: { data: Float64Array.of(0.6), shape: [] } },
    ))

  test('finds roots and fixed points after as many rounds as each example needs', () =>
    agrees(
      ({ y }) => ({
        root: root((x: Example) => sub(add(x, tanh(x)), y!), -100, 100),
        fixed: fixedPoint((x: Example) => mul(0.5, cos(add(x, y!))), y!, 100),
        uniform: loop(3, sum(constant([1, 2])) as Example, (c) => cos(c)),
      }),
      { y: fromRows(waves(3 * LANES, 2), LANES, [3]) },
    ))

  // Carries and what they become share memory where they can: bodies in which anyone reads any of them at any time.
  const body = fc.record({
    steps: fc.array(fc.tuple(fc.nat(4), fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 8 }),
    next: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11)),
    output: fc.nat(11),
    rounds: fc.nat(4),
    uniform: fc.boolean(),
  })
  test('has the values of the reference, whatever its body reads of the carries', () =>
    fc.assert(
      fc.property(body, ({ steps, next, output, rounds, uniform }) => {
        const turn = constant(waves(9, 1.3), [3, 3]) as Example
        const graph = ({ x, w }: Tensors): Readonly<Record<string, Example>> => {
          const start = { a: x!, b: mul(x!, 2), c: uniform ? (w! as Example) : tanh(x!) }
          const run = (carry: typeof start, slice: Example): readonly [typeof start, Example] => {
            const values = [slice, carry.c, carry.b, carry.a]
            const pick = (i: number): Example => values[Math.max(0, values.length - 1 - i)]!
            for (const [kind, i, j] of steps) {
              const [u, v] = [pick(i), pick(j)]
              if (kind === 0) values.push(add(u, mul(0.5, v)))
              else if (kind === 1) values.push(tanh(mul(u, sum(v))))
              else if (kind === 2) values.push(mul(0.5, matmul(turn, u)))
              else if (kind === 3) values.push(concat([slice3(u, 1, 3), slice3(v, 0, 1)]))
              else values.push(flip(u, 0))
            }
            const c = uniform ? mul(0.5, carry.c) : pick(next[2])
            const spread = (v: Example): Example => add(v, mul(0, carry.a))
            return [
              { a: spread(pick(next[0])), b: next[1] === 0 ? carry.a : spread(pick(next[1])), c },
              spread(pick(output)),
            ]
          }
          const [end, rows] = scan(lanes.spread(constant(waves(3 * rounds, 0.3), [rounds, 3])) as Example, start, run)
          return { ...end, rows }
        }
        const arrays = {
          x: fromRows(waves(3 * 70, 0.9), 70, [3]),
          w: { data: Float64Array.of(0.3, -0.2, 0.7), shape: [3] },
        }
        const expected = evaluateAt(graph, arrays) as unknown as Readonly<Record<string, HostArray>>
        const found = run('float64', graph, arrays)
        for (const [name, { data }] of Object.entries(expected))
          data.forEach((value, i) => {
            expect(Math.abs(found[name]![i]! - value)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)))
          })
      }),
      { numRuns: 100 },
    ))
})

const slice3 = (x: Example, from: number, to: number): Example => slice(x, 0, from, to)
