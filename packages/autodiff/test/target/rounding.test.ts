import { describe, expect, test } from 'vitest'
import {
  add,
  cast,
  EPSILON,
  type Example,
  example,
  fromRows,
  lanes,
  log,
  mul,
  openReference,
  perturbed,
  stack,
  sum,
  type Tensor,
  toFloat32,
} from '../../src/index.ts'
import { range } from '../plain.ts'

/** The largest change of a result over some perturbed runs. */
const deviation = (
  f: (x: Example) => Tensor<'example'>,
  values: readonly number[],
  precision: keyof typeof EPSILON,
): number => {
  const engine = openReference()
  const program = engine.compileSync(({ x }) => ({ y: f(x) }), { x: example([]) })
  const x = fromRows(values, values.length, [])
  const run = (options: object): ArrayLike<number> =>
    engine.readSync((program.runSync({ x }, options) as { readonly y: never }).y).data
  const exact = run({})
  const off = range(8).map((seed) => {
    const moved = run({ rounding: perturbed(seed, precision) })
    return Math.max(...range(exact.length).map((i) => Math.abs(moved[i]! - exact[i]!)))
  })
  return Math.max(...off)
}

const cancelling = range(200).map((i) => Math.fround((i % 2 === 0 ? 1000 : -1000) + i / 1000))

describe('rounding errors of a join of examples', () => {
  test('are measured by the terms that cancel, not by what is left', () => {
    for (const precision of ['float32', 'float64'] as const) {
      const epsilon = EPSILON[precision]
      const found = deviation(lanes.sum, cancelling, precision)
      expect(found).toBeGreaterThan(epsilon * 200 * 1000)
      expect(found).toBeLessThan(epsilon * 200 * 1000 * 70)
      expect(deviation(lanes.mean, cancelling, precision)).toBeGreaterThan(epsilon * 1000)
    }
  })

  test('of a variance grow with the mean as its condition does', () => {
    const at = (shift: number) =>
      deviation(
        (x) => lanes.variance(add(x, shift)),
        range(200).map((i) => Math.sin(i)),
        'float32',
      )
    expect(at(0)).toBeLessThan(1e-4)
    expect(at(1e4)).toBeGreaterThan(1e-2)
  })

  test('are none where nothing is rounded', () => {
    for (const f of [lanes.max, lanes.min]) expect(deviation(f, cancelling, 'float32')).toBe(0)
    expect(deviation((x) => lanes.sum(cast(x, 'int')), cancelling, 'float32')).toBe(0)
    expect(deviation((x) => sum(stack([cast(x, 'int'), cast(x, 'int')])), cancelling, 'float32')).toBe(0)
  })
})

describe('values that are infinite', () => {
  test('are moved by no rounding error, alone or as a term of a sum', () => {
    const engine = openReference()
    const program = engine.compileSync(({ x }) => [log(x), add(log(x), 1), sum(stack([x, log(x)]))], { x: example([]) })
    for (const seed of range(8)) {
      const moved = program.runSync({ x: fromRows([0], 1, []) }, { rounding: perturbed(seed, 'float32') })
      for (const y of moved as readonly never[]) expect(engine.readSync(y).data[0]).toBe(-Infinity)
    }
  })
})

describe('constants', () => {
  test('are held in float32 where float32 is emulated, and in float64 elsewhere and afterwards', () => {
    const engine = openReference()
    const program = engine.compileSync(({ x }) => mul(x, 0.1), { x: example([]) })
    const x = fromRows(range(100), 100, [])
    const products = (options: object): ArrayLike<number> =>
      engine.readSync(program.runSync({ x }, options) as never).data
    const [exact, rounded, again] = [{}, { rounding: toFloat32 }, {}].map(products)
    expect(exact).toEqual(Float64Array.from(x.data, (v) => v * 0.1))
    expect(rounded).toEqual(Float64Array.from(x.data, (v) => Math.fround(v * Math.fround(0.1))))
    expect(again).toEqual(exact)
  })
})
