import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planOf } from '../../src/compile/plan.ts'
import { trace } from '../../src/compile/trace.ts'
import {
  add,
  broadcastTo,
  concat,
  constant,
  cumulativeSum,
  type Example,
  einsum,
  example,
  flip,
  type HostArray,
  input,
  iota,
  lanes,
  less,
  lessEqual,
  map,
  max,
  mul,
  openReference,
  pad,
  type Resident,
  reshape,
  scan,
  sin,
  slice,
  softmax,
  stopGradient,
  sub,
  sum,
  type Tensor,
  takeAlong,
  tanh,
  transpose,
  until,
  where,
} from '../../src/index.ts'
import { type Node, nodeOf } from '../../src/tensor/tensor.ts'
import { numbersFrom } from '../catalogue/case.ts'
import { interpretNodes } from '../interpret.ts'
import { sizeOf } from '../plain.ts'

// Graphs of random operations, so that values of many sizes live and die in many orders. The program, which reuses
// memory as soon as it may, must give the bits that come out when every node has memory of its own, not yet written.

const isVarying = (x: Example): boolean => nodeOf(x).varies
/** An uniform value may be spread; what varies is left alone. */
const spread = (x: Example): Example => lanes.spread(x as Tensor)
const compatible = (a: Example, b: Example): boolean =>
  a.shape.every((n, i) => {
    const m = b.shape[i - a.shape.length + b.shape.length]
    return m === undefined || m === n || m === 1 || n === 1
  })
const axisOf = (x: Example, k: number): number => k % x.shape.length
const rank = (x: Example): number => x.shape.length

/** An operation on two earlier values and a number to choose by; it gives what fits, or nothing. */
type Step = (a: Example, b: Example, k: number) => readonly Example[]
const binary =
  (f: (a: Example, b: Example) => Example): Step =>
  (a, b) =>
    compatible(a, b) ? [f(a, b)] : []
const ranked =
  (f: (a: Example, k: number, b: Example) => Example): Step =>
  (a, b, k) =>
    rank(a) > 0 ? [f(a, k, b)] : []

const steps: readonly Step[] = [
  (a) => [sin(a)],
  (a) => [tanh(a)],
  (a) => [stopGradient(a)],
  binary((a, b) => add(a, b)),
  binary((a, b) => mul(a, b)),
  binary((a, b) => where(less(a, b), a, sub(b, a))),
  (a) => [reshape(a, [sizeOf(a.shape)])],
  (a) => [transpose(a)],
  // Views of the first axis, with a start that is not 0; copies of the others.
  ranked((a, k) => slice(a, 0, k % a.shape[0]!)),
  ranked((a, k) => slice(a, axisOf(a, k), 0, 1 + (k % a.shape[axisOf(a, k)]!))),
  ranked((a, k) => flip(a, axisOf(a, k))),
  ranked((a, k) => (sizeOf(a.shape) > 40 ? sum(a, axisOf(a, k)) : pad(a, axisOf(a, k), 1, k % 2, 0.5))),
  ranked((a, k) => sum(a, axisOf(a, k), k % 2 === 0)),
  ranked((a, k) => max(a, axisOf(a, k))),
  ranked((a, k) => softmax(a, axisOf(a, k))),
  ranked((a, k) => cumulativeSum(a, axisOf(a, k))),
  ranked((a, k) => takeAlong(a, flipIndices(a, axisOf(a, k)), axisOf(a, k))),
  ranked((a, k, b) =>
    rank(b) === rank(a) && sizeOf(a.shape) + sizeOf(b.shape) < 60 && alikeOff(a, b, axisOf(a, k))
      ? concat([a, b, a], axisOf(a, k))
      : concat([a, a], axisOf(a, k)).shape.length > 2
        ? sum(a)
        : concat([a, sin(a)], axisOf(a, k)),
  ),
  (a, b) =>
    rank(a) === 2 && rank(b) >= 1 && b.shape[0] === a.shape[1]
      ? [einsum(rank(b) === 1 ? 'ij,j->i' : 'ij,jk->ik', a, rank(b) <= 2 ? b : reshape(b, [b.shape[0]!, -1]))]
      : [],
  (a) => (isVarying(a) ? [lanes.mean(a)] : [spread(a)]),
  (a) => [lanes.sum(sin(a))],
  (a) => [lanes.max(a)],
  // Loops with several results, of which some are uniform.
  ranked((a, k, b) => map(a, (x, i) => sin(add(x, mul(sum(b), add(i, k)))))),
  (a, b) => {
    if (rank(a) === 0) return []
    const start = { n: constant(0), x: isVarying(a) || isVarying(b) ? spread(sum(b)) : sum(b) }
    const [last, rows] = scan(a, start as { readonly n: Example; readonly x: Example }, ({ n, x }, row) => [
      { n: add(n, 1), x: sin(add(x, sum(row))) },
      mul(row, n),
    ])
    return [last.n, last.x, rows]
  },
  (a) => {
    const [last, met] = until(
      4,
      a,
      (x) => lessEqual(sum(x), 0.5),
      (x) => mul(x, 0.4),
    )
    return [last, where(met, 1, 0)]
  },
]
const alikeOff = (a: Example, b: Example, axis: number): boolean =>
  a.shape.every((n, i) => i === axis || n === b.shape[i])
/** Along one axis the positions from last to first. */
const flipIndices = (a: Example, axis: number): Tensor => {
  const positions = reshape(
    iota(a.shape[axis]!),
    a.shape.map((n, i) => (i === axis ? n : 1)),
  )
  return broadcastTo(sub(a.shape[axis]! - 1, positions), a.shape)
}

const signature = (): Readonly<Record<string, Example>> => ({
  x: example([3, 4]),
  y: example([4]),
  z: example([]),
  w: input([4, 3]) as Example,
  v: input([]) as Example,
})
const dataFor = (shape: readonly number[], varies: boolean, count: number, next: () => number): HostArray => ({
  data: Float64Array.from({ length: sizeOf(shape) * (varies ? count : 1) }, () => 2 * next() - 1),
  shape,
  ...(varies && { lanes: count }),
})

// Without bias: small graphs of small numbers would hardly use memory twice.
const plan = fc.noBias(
  fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(8), fc.nat(8), fc.nat(7)), {
    minLength: 20,
    maxLength: 45,
    size: 'max',
  }),
)
const build = (
  inputs: Readonly<Record<string, Example>>,
  chosen: readonly (readonly [number, number, number, number])[],
) => {
  const known: Example[] = Object.values(inputs)
  for (const [step, i, j, k] of chosen) {
    // Late values more often than early ones.
    const late = (n: number): Example => known[known.length - 1 - (n % Math.min(known.length, 9))]!
    known.push(...steps[step]!(late(i), late(j), k).filter((x) => sizeOf(x.shape) <= 80))
  }
  return known
}
/** Some of the values, in no order, some twice, inputs too. */
const picked = (known: readonly Example[], picks: readonly number[]): readonly Example[] =>
  picks.map((n) => known[known.length - 1 - (n % Math.min(known.length, 12))]!)

describe('a program that reuses memory', () => {
  const check = (
    chosen: readonly (readonly [number, number, number, number])[],
    picks: readonly number[],
    count: number,
    seed: number,
  ): void => {
    const inputs = signature()
    const next = numbersFrom(seed)
    const arrays = Object.fromEntries(
      Object.entries(inputs).map(([name, t]) => [name, dataFor(t.shape, isVarying(t), count, next)]),
    )
    const engine = openReference()
    const f = (x: Readonly<Record<string, Example>>): readonly Example[] => picked(build(x, chosen), picks)
    const traced = trace(f, inputs)
    const program = engine.compileSync(() => traced.structure, inputs)
    const run = (): readonly HostArray[] =>
      (program.runSync(arrays, { lanes: { count } }) as readonly Resident[]).map((x) => engine.readSync(x))
    const found = run()
    // What a run leaves in memory is not seen by the next.
    expect(run()).toEqual(found)

    const given = new Map(Object.entries(inputs).map(([name, t]) => [t as Tensor<'example'>, arrays[name]!.data]))
    const naive = (results: readonly Node[]): readonly Float64Array[] => interpretNodes(results, given, count)
    const scheduled = naive(planOf(traced).results.map(({ value }) => value))
    const written = naive(traced.results.map(({ value }) => value))
    found.forEach(({ data }, k) => {
      expect(data.length).toBe(scheduled[k]!.length)
      data.forEach((v, i) => {
        // Joins of more than one tile are grouped otherwise; what is simplified may round otherwise.
        const close = (a: number, b: number, digits: number): boolean =>
          Object.is(a, b) || Math.abs(a - b) <= digits * (1 + Math.abs(b))
        if (!(count <= 64 ? Object.is(v, scheduled[k]![i]!) : close(v, scheduled[k]![i]!, 1e-10)))
          throw new Error(`result ${k}, element ${i}: ${v}, with memory for every node ${scheduled[k]![i]}.`)
        if (!close(v, written[k]![i]!, 1e-9))
          throw new Error(`result ${k}, element ${i}: ${v}, of the graph as written ${written[k]![i]}.`)
      })
    })
  }

  test('gives the bits of one that never does', () => {
    fc.assert(
      fc.property(
        plan,
        fc.noBias(fc.array(fc.nat(11), { minLength: 2, maxLength: 6, size: 'max' })),
        fc.constantFrom(1, 5, 64, 130),
        fc.integer(),
        check,
      ),
      { numRuns: 300 },
    )
  })
})
