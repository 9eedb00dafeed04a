import { describe, expect, test } from 'vitest'
import type { Row } from '../../../../src/scalar/expression.ts'
import { derivedRows, primitiveRows } from '../../../../src/scalar/index.ts'
import { type Floats, float32, float64, floatRows, type Vector } from '../../../../src/target/wasm/math/index.ts'
import { independent } from '../../../scalar/independent.ts'
import { type Floating, kernels } from './kernel.ts'
import { EDGES, points } from './points.ts'

const rows: readonly Row[] = Object.values({ ...primitiveRows, ...derivedRows })
const numeric = rows.filter((row) => row.signature === 'float' || row.signature === 'arithmetic')
const unary = numeric.filter((row) => row.arity === 1)
const others = numeric.filter((row) => row.arity > 1)

/** Units of the formats, and where the numbers become subnormal. */
const FORMATS = {
  f32: { epsilon: 2 ** -23, smallest: 2 ** -126, round: Math.fround, array: Float32Array },
  f64: { epsilon: 2 ** -52, smallest: 2 ** -1022, round: (x: number) => x, array: Float64Array },
}

const kernelsOf = (v: Floats, of: readonly Row[], bytes: number) => {
  const emit = floatRows(v)
  return kernels(
    Object.fromEntries(
      of.map((row) => [row.name, { arity: row.arity, emit: (...x: readonly Vector[]) => emit(row, x) }]),
    ),
    bytes,
  )
}

/** Fails at the first value that is off by more than the row states. */
const judge = (v: Floats, row: Row, inputs: readonly Floating[], values: Floating): void => {
  const { epsilon, smallest, round } = FORMATS[v.format]
  const { ulp, absolute = 0, on } = row.error
  // Formulas other than the row's, in float64: they are not to be trusted to its last places, nor at infinity.
  const formula = v.format === 'f32' ? independent[row.name] : undefined
  const meaning = (...x: readonly number[]): number => {
    const value = formula ? formula(...x) : NaN
    return Number.isNaN(value) ? row.eval(...x) : value
  }
  // Stated for float32; smaller by the ratio of the units in float64, where the meaning itself is off by some.
  const least = (absolute * epsilon) / FORMATS.f32.epsilon
  const units = v.format === 'f64' ? ulp + 4 : ulp
  const first = inputs[0]!
  for (let i = 0; i < values.length; i++) {
    const [x, y, z] = [first[i]!, inputs[1]?.[i] ?? 0, inputs[2]?.[i] ?? 0]
    if (on && !(on[0] <= x && x <= on[1])) continue
    const truth = meaning(x, y, z)
    const value = values[i]!
    if (Object.is(value, truth) || value === round(truth)) continue
    // What a derived row goes through may be subnormal before the value is.
    if (row.kind === 'derived' && Math.abs(truth) < 128 * smallest) continue
    const allowed = Math.max(units * epsilon * Math.max(Math.abs(truth), smallest), least)
    if (!(Math.abs(value - truth) <= allowed))
      expect.fail(
        `${row.name}(${inputs.map((x) => x[i])}) is ${value}, not ${truth}: off by ${Math.abs(value - truth) / allowed} of what it may`,
      )
  }
}

const machines: readonly (readonly [string, Floats, number])[] = [
  ['32-bit floats', float32({ fma: true }), 1 << 20],
  ['32-bit floats, products rounded before they are added', float32({ fma: false }), 1 << 17],
  ['64-bit floats', float64({ fma: true }), 1 << 17],
  ['64-bit floats, products rounded before they are added', float64({ fma: false }), 1 << 16],
]

describe.each(machines)('on %s', (_name, v, count) => {
  const { array } = FORMATS[v.format]
  const run = kernelsOf(v, numeric, count * array.BYTES_PER_ELEMENT)

  test.each(unary.map((row) => [row.name, row] as const))('%s is as accurate as its row states', (name, row) => {
    const length = row.kind === 'primitive' ? count : count / 8
    const x = points(new array(length), row.domain[0]!)
    judge(v, row, [x], run[name]!(x))
  })

  test.each(others.map((row) => [row.name, row] as const))('%s is as accurate as its row states', (name, row) => {
    const length = count / 8
    const inputs = row.domain.map((domain, k) => points(new array(length), domain, k + 2))
    // Besides random pairs, moderate ones, of which the value is a number.
    for (let i = 0; i < length; i += 2) inputs.forEach((x) => (x[i] = x[i]! % 16))
    judge(v, row, inputs, run[name]!(...inputs))
  })

  test('a row is NaN of NaN where its meaning is', () => {
    for (const row of numeric)
      for (let k = 0; k < row.arity; k++) {
        const inputs = row.domain.map((_, i) => new array(4).fill(i === k ? NaN : 0.5))
        const wanted = row.eval(...inputs.map((x) => x[0]!))
        const value = run[row.name]!(...inputs)[0]!
        expect(Number.isNaN(value), `${row.name} of NaN as argument ${k} is ${value}, not ${wanted}`).toBe(
          Number.isNaN(wanted),
        )
      }
  })

  test('a function of one argument is NaN outside of its domain where its meaning is', () => {
    for (const row of unary) {
      const x = new array([-2, -0.5, -Infinity, 2])
      const values = run[row.name]!(x)
      x.forEach((given, i) => {
        if (Number.isNaN(row.eval(given))) expect(values[i], `${row.name}(${given})`).toBeNaN()
      })
    }
  })

  test('the odd functions keep the sign of zero', () => {
    for (const name of ['sin', 'atan', 'erf', 'erfInverse', 'expm1', 'log1p', 'sqrt', 'sign', 'floor'])
      expect([...run[name]!(new array([0, -0, 0, -0]))], name).toEqual([0, -0, 0, -0])
  })

  test('the gamma functions below 0 are those of their reflection', () => {
    const x = new array([-0.25, -0.5, -1.75, -3.3])
    for (const [name, row] of [
      ['logGamma', primitiveRows.logGamma],
      ['digamma', primitiveRows.digamma],
      ['trigamma', primitiveRows.trigamma],
    ] as const) {
      const values = run[name]!(x)
      x.forEach((given, i) => {
        const truth = row.eval(given)
        expect(Math.abs(values[i]! - truth), `${name}(${given})`).toBeLessThan(
          100 * FORMATS[v.format].epsilon * Math.max(1, Math.abs(truth)),
        )
      })
    }
  })

  test('power is what JavaScript has on all pairs of edge values', () => {
    const edges = EDGES.map(FORMATS[v.format].round)
    const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const))
    const length = 4 * Math.ceil(pairs.length / 4)
    const [a, b] = [0, 1].map((k) => new array(length).map((_, i) => (pairs[i] ?? [1, 1])[k]!)) as [Floating, Floating]
    const values = run.power!(a, b)
    pairs.forEach(([x, y], i) => {
      // A negative infinity to a fractional power is the one case in which the sign is asked of what has none.
      if (x === -Infinity && !Number.isInteger(y)) return
      const truth = x ** y
      const off = Math.abs(values[i]! - truth) / Math.max(Math.abs(truth), FORMATS[v.format].smallest)
      if (!Object.is(values[i], FORMATS[v.format].round(truth)) && !(off <= 16 * FORMATS[v.format].epsilon))
        expect.fail(`${x} ** ${y} is ${values[i]}, not ${truth}`)
    })
  })
})
