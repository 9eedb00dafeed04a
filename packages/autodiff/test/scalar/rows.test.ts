import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as derivedRows from '../../src/scalar/derived.ts'
import { type Expression, interpret, type Row, type Undo } from '../../src/scalar/expression.ts'
import type { Interval } from '../../src/scalar/interval.ts'
import * as primitiveRows from '../../src/scalar/primitives.ts'
import { evaluate } from '../../src/scalar/row.ts'
import { describeGolden } from '../golden.ts'
import { independent } from './independent.ts'

const table: readonly (readonly [string, Row])[] = Object.entries({ ...primitiveRows, ...derivedRows })
const derived = table.filter(([, row]) => row.kind === 'derived')
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 }

// ---- arguments

/** Evenly between two numbers; `fc.double` is even over exponents, so nearly always tiny. */
const evenly = (lower: number, upper: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((i) => lower + (upper - lower) * ((i + 0.5) / 2 ** 31))

/** Numbers of an interval: moderate ones, ones near 0 and near its ends, and ones of any size. */
const within = ([lower, upper]: Interval): fc.Arbitrary<number> => {
  const held = (v: number): number => Math.min(Math.max(v, lower), upper)
  const from = (end: number, sign: number): fc.Arbitrary<number> =>
    fc
      .tuple(fc.integer({ min: -15, max: 0 }), fc.double({ min: 1, max: 10, noNaN: true }))
      .map(([k, m]) => held(end + sign * m * 10 ** k))
  return fc.oneof(
    { weight: 4, arbitrary: evenly(Math.max(lower, -9), Math.min(upper, 9)) },
    from(0, 1),
    from(0, -1),
    ...(Number.isFinite(lower) ? [from(lower, 1)] : []),
    ...(Number.isFinite(upper) ? [from(upper, -1)] : []),
    fc.double({ min: Math.max(lower, -1e300), max: Math.min(upper, 1e300), noNaN: true }),
  )
}
const argumentsOf = (row: Row): fc.Arbitrary<readonly number[]> =>
  fc.tuple(
    ...row.domain.map((d, k) =>
      row.signature === 'logical' || (row.signature === 'select' && k === 0) ? fc.constantFrom(0, 1) : within(d),
    ),
  )
/** Neither 0 nor one another: there some rows have a kink, of which differences give the middle. */
const moderate = (row: Row): fc.Arbitrary<readonly number[]> =>
  fc
    .tuple(
      ...row.domain.map(([a, b]) => {
        const [lower, upper] = row.error.on ?? [-6, 6]
        return evenly(Math.max(a, lower, -6), Math.min(b, upper, 6))
      }),
    )
    .filter((x) => x.every((v, i) => Math.abs(v) > 1e-6 && x.every((w, k) => k === i || Math.abs(v - w) > 0.05)))

/** What a row allows a target, in a precision, at a value: units in the last place or the absolute amount. */
const allowed = (row: Row, value: number, epsilon: number): number =>
  Math.max(
    row.error.ulp * epsilon * Math.max(Math.abs(value), epsilon === EPSILON.float32 ? 2 ** -126 : 2 ** -1022),
    ((row.error.absolute ?? 0) * epsilon) / EPSILON.float32,
  )
const stated = (row: Row, x: readonly number[]): boolean => {
  const { on } = row.error
  return !on || (on[0] <= x[0]! && x[0]! <= on[1])
}
const close = (a: number, b: number, tolerance: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance

// ---- the laws

describe('a row', () => {
  test.each(table)('%s has the name that it is exported by', (name, row) => {
    expect(row.name).toBe(name)
    expect(row.domain).toHaveLength(row.arity)
    expect(row.undo()).toHaveLength(row.arity)
    expect(row.partials()).toHaveLength(row.arity)
  })

  test.each(derived)('%s has the value of an independent formula, to the error that it states', (name, row) => {
    const formula = independent[name]
    if (!formula) return expect.fail(`${name} has no independent formula`)
    fc.assert(
      fc.property(argumentsOf(row), (x) => {
        if (!stated(row, x)) return
        const wanted = formula(...x)
        // Both are rounded; the formula by no more than the row.
        if (!close(row.eval(...x), wanted, 2 * allowed(row, wanted, EPSILON.float64)))
          expect.fail(`${name}(${x}) is ${row.eval(...x)}, not ${wanted}`)
      }),
      { numRuns: 400 },
    )
  })

  test.each(derived)('%s keeps to the error that it states when every step is rounded to float32', (name, row) => {
    const inFloat32 = (r: Row, x: readonly number[]): number =>
      r.lowered
        ? interpret<number>(r.lowered(), x, Math.fround, (inner, operands) => inFloat32(inner, operands))
        : Math.fround(r.eval(...x))
    fc.assert(
      fc.property(argumentsOf(row), (given) => {
        const x = given.map(Math.fround)
        if (
          !stated(row, x) ||
          !x.every((v, k) => row.domain[k]![0] <= v && v <= row.domain[k]![1] && Number.isFinite(v))
        )
          return
        const wanted = row.eval(...x)
        if (Math.abs(wanted) > 3e38) return
        if (
          !close(
            inFloat32(row, x),
            wanted,
            allowed(row, wanted, EPSILON.float32) + (EPSILON.float32 / 2) * Math.abs(wanted),
          )
        )
          expect.fail(
            `${name}(${x}) is ${inFloat32(row, x)}, not ${wanted}: ${Math.abs(inFloat32(row, x) / wanted - 1) / EPSILON.float32} units`,
          )
      }),
      { numRuns: 1000 },
    )
  })

  test.each(table)('%s has the derivatives that its differences approach', (name, row) => {
    let sharp = 0
    let all = 0
    row.partials().forEach((partial, k) => {
      if (!partial) return
      fc.assert(
        fc.property(moderate(row), (x) => {
          const value = row.eval(...x)
          const slope = evaluate(partial, [...x, value])
          // Steps stay inside the domain.
          const [lower, upper] = row.domain[k]!
          const room = Math.min(x[k]! - lower, upper - x[k]!)
          const h = Math.min(2 ** -10 * Math.max(2 ** -6, Math.abs(x[k]!)), room / 4)
          const at = (step: number): number => row.eval(...x.map((v, i) => (i === k ? v + step : v)))
          const difference = (step: number): number =>
            (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
          const [coarse, fine] = [difference(h), difference(h / 2)]
          if (!Number.isFinite(coarse) || !Number.isFinite(value)) return
          const size = Math.max(...[-2, -1, 1, 2].map((i) => Math.abs(at(i * h))))
          const tolerance =
            4 * Math.abs(coarse - fine) +
            (4 * allowed(row, size, EPSILON.float64) + 4 * EPSILON.float64 * (size + Math.abs(x[k]! * fine))) / h
          all++
          if (tolerance <= 1e-6 * Math.max(1, Math.abs(fine))) sharp++
          if (!close(slope, fine, tolerance))
            expect.fail(`∂${k} ${name}(${x}) is ${slope}, differences say ${fine} ± ${tolerance}`)
        }),
        { numRuns: 200 },
      )
    })
    // The comparison must be able to fail.
    if (all > 0) expect(sharp / all).toBeGreaterThan(0.5)
  })

  test.each(table)('%s has its values in the range of an interval', (name, row) => {
    const interval = (d: Interval): fc.Arbitrary<readonly [number, number, number]> =>
      fc.tuple(within(d), within(d), within(d)).map((v) => [...v].sort((a, b) => a - b) as [number, number, number])
    const conditions = row.signature === 'logical' || row.signature === 'select'
    const spans = row.domain.map((d, k) =>
      conditions && (k === 0 || row.signature === 'logical')
        ? fc.constantFrom([0, 0, 1] as const, [0, 1, 1] as const)
        : interval(d),
    )
    fc.assert(
      fc.property(fc.tuple(...spans), (list) => {
        const x = list.map(([, v]) => v)
        const [lower, upper] = row.range(...list.map(([a, , b]): Interval => [a, b]))
        const y = row.eval(...x)
        // A pole is no value, and an infinity is an overflow: there is no bound then.
        if (Number.isNaN(y)) return
        const inside = (lower <= y || y === Infinity) && (y <= upper || y === -Infinity)
        const overflown =
          (y === Infinity && upper >= Number.MAX_VALUE) || (y === -Infinity && lower <= -Number.MAX_VALUE)
        if (!inside || (!Number.isFinite(y) && !overflown))
          expect.fail(`${name}(${x}) = ${y} is not in [${lower}, ${upper}] of ${JSON.stringify(list)}`)
      }),
      { numRuns: 500 },
    )
  })
})

// ---- undoing

const undone = table.flatMap(([name, row]) =>
  row.undo().flatMap((u, k) => (u ? [[`${name} by argument ${k}`, row, k, u] as const] : [])),
)
const others = (row: Row, k: number, u: Undo): fc.Arbitrary<readonly number[]> =>
  fc.tuple(
    ...row.domain.map((d, i) => {
      const on: Interval = i === k ? [Math.max(u.on[0], d[0]), Math.min(u.on[1], d[1])] : d
      const [lower, upper] = [Math.max(on[0], -4), Math.min(on[1], 4)]
      // Ends, and other arguments at which the function is constant, are not undone.
      return evenly(lower, upper).filter((v) => Math.abs(v) > 1e-6 && Math.abs(v - 1) > 1e-3)
    }),
  )

describe('undoing a row', () => {
  test.each(undone)('%s: its inverse gives the value again', (_, row, k, u) => {
    let compared = 0
    fc.assert(
      fc.property(others(row, k, u), (x) => {
        const y = row.eval(...x)
        if (!Number.isFinite(y) || Number.isNaN(y)) return
        const back = evaluate(u.inverse, [...x.map((v, i) => (i === k ? NaN : v)), y])
        // Next to an end of the interval it may round to it.
        if (!(u.on[0] < back && back < u.on[1])) return
        const again = row.eval(...x.map((v, i) => (i === k ? back : v)))
        const slope = Math.abs(evaluate(row.partials()[k]!, [...x, y]))
        // Compared in y: near saturation many x share one y. Rounding x moves y by slope · eps · |x|.
        const tolerance =
          64 * EPSILON.float64 * (Math.abs(y) + slope * Math.abs(back) + slope * Math.abs(x[k]!)) + 1e-300
        compared++
        if (!close(again, y, tolerance)) expect.fail(`f(${x}) = ${y}, undone ${back}, again ${again}`)
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(200)
  })

  test.each(undone)(
    '%s: its logSlope is the logarithm of the derivative, also where that under- or overflows',
    (_, row, k, u) => {
      fc.assert(
        fc.property(others(row, k, u), (x) => {
          const y = row.eval(...x)
          const slope = Math.log(Math.abs(evaluate(row.partials()[k]!, [...x, y])))
          const logSlope = evaluate(u.logSlope, [...x, y])
          if (!Number.isFinite(slope) || Math.abs(slope) > 30) return
          // The logarithm of a rounded slope is off by its units, those of saturated values by more.
          const tolerance =
            1e-11 * (1 + Math.abs(slope)) + (1e-15 * Math.max(1, Math.abs(y))) / Math.exp(Math.min(0, slope))
          if (!close(logSlope, slope, tolerance)) expect.fail(`at ${x}: ${logSlope}, log of the derivative ${slope}`)
        }),
        { numRuns: 400 },
      )
    },
  )

  test.each(undone)('%s: its logSlope is finite wherever argument and value are finite', (_, row, k, u) => {
    const wide = fc.tuple(
      ...row.domain.map((d, i) =>
        within(i === k ? [Math.max(u.on[0], d[0]), Math.min(u.on[1], d[1])] : d).filter((v) => v !== 0 && v !== 1),
      ),
    )
    fc.assert(
      fc.property(wide, (x) => {
        const y = row.eval(...x)
        const inside = row.domain.every(([a, b], i) => a < x[i]! && x[i]! < b) && u.on[0] < x[k]! && x[k]! < u.on[1]
        if (!inside || !Number.isFinite(y)) return
        const logSlope = evaluate(u.logSlope, [...x, y])
        if (Number.isNaN(logSlope)) expect.fail(`NaN at ${x}, value ${y}`)
      }),
      { numRuns: 400 },
    )
  })
})

// ---- extreme arguments

describe('far out and near 0', () => {
  const cases: readonly (readonly [string, readonly (readonly [number, number])[]])[] = [
    ['sigmoid', [[-1e308, 0], [1e308, 1], [-745, 5e-324], [-Infinity, 0], [Infinity, 1], [0, 0.5]]],
    ['softplus', [[-1e308, 0], [1e308, 1e308], [-745, 5e-324], [Infinity, Infinity], [-Infinity, 0], [0, Math.LN2]]],
    ['softplusInverse', [[1e308, 1e308], [1e-300, Math.log(1e-300)], [0, -Infinity], [Infinity, Infinity]]],
    ['logit', [[0, -Infinity], [1, Infinity], [1e-300, Math.log(1e-300)], [0.5, 0]]],
    ['tanh', [[0, 0], [-0, -0], [1e-300, 1e-300], [-1e-300, -1e-300], [1e308, 1], [-Infinity, -1], [Infinity, 1]]],
    ['atanh', [[0, 0], [-0, -0], [1e-300, 1e-300], [1, Infinity], [-1, -Infinity]]],
    ['sinh', [[0, 0], [-0, -0], [1e-300, 1e-300], [710.4, Math.sinh(710.4)], [-710.4, -Math.sinh(710.4)], [711, Infinity], [-Infinity, -Infinity], [Infinity, Infinity]]],
    ['cosh', [[0, 1], [710.4, Math.cosh(710.4)], [711, Infinity], [-711, Infinity], [-Infinity, Infinity]]],
    ['asinh', [[0, 0], [-0, -0], [1e-300, 1e-300], [1e308, Math.asinh(1e308)], [-1e308, -Math.asinh(1e308)], [Infinity, Infinity], [-Infinity, -Infinity]]],
    ['asinhSlope', [[0, 1], [1e308, 1e-308], [-1e308, 1e-308], [Infinity, 0]]],
    ['tan', [[0, 0], [-0, -0], [1e-300, 1e-300]]],
    ['relu', [[-Infinity, 0], [Infinity, Infinity], [-1, 0]]],
    ['gelu', [[0, 0], [-1e308, 0], [1e308, 1e308], [Infinity, Infinity]]],
    ['silu', [[0, 0], [-1e308, 0], [1e308, 1e308], [Infinity, Infinity]]],
    ['square', [[1e200, Infinity], [-0, 0]]],
  ] // biome-ignore format: a table

  test.each(cases)('%s', (name, points) => {
    const row = (derivedRows as Readonly<Record<string, Row>>)[name]!
    for (const [x, wanted] of points) {
      const y = row.eval(x)
      const same =
        wanted === 0
          ? y === 0 && (x !== 0 || Object.is(x, -0) !== true || Object.is(y, wanted))
          : Math.abs(y / wanted - 1) <= 8 * EPSILON.float64 || Object.is(y, wanted)
      if (!same) expect.fail(`${name}(${x}) is ${y}, not ${wanted}`)
    }
  })

  test.each(table)('%s of NaN is NaN, unless it is a choice or a question', (_, row) => {
    if (row.signature === 'predicate' || row.signature === 'logical' || row.signature === 'select') return
    for (let k = 0; k < row.arity; k++) {
      const y = row.eval(...row.domain.map((d, i) => (i === k ? NaN : Math.min(Math.max(0.5, d[0]), d[1]))))
      expect(y).toBeNaN()
    }
  })

  test.each(derived)('%s has derivatives that are numbers wherever it is finite', (name, row) => {
    row.partials().forEach((partial, k) => {
      if (!partial) return
      fc.assert(
        fc.property(argumentsOf(row), (x) => {
          const y = row.eval(...x)
          if (!Number.isFinite(y) || !row.domain.every(([a, b], i) => a < x[i]! && x[i]! < b)) return
          if (Number.isNaN(evaluate(partial, [...x, y]))) expect.fail(`∂${k} ${name}(${x})`)
        }),
        { numRuns: 400 },
      )
    })
  })
})

// ---- golden values

describeGolden<{ cases: Readonly<Record<string, readonly (readonly [number, string])[]>> }>(
  'special-functions.json',
  ({ cases }) => {
    const undo = (row: Row): Undo => row.undo()[0]!
    const slopeOf = (row: Row) => (x: number) => evaluate(undo(row).logSlope, [x, row.eval(x)])
    test.each([
      ['softplus', derivedRows.softplus.eval, 4],
      ['sigmoid', derivedRows.sigmoid.eval, 5],
      ['tanh', derivedRows.tanh.eval, 6],
      ['atanh', derivedRows.atanh.eval, 6],
      ['logDerivativeTanh', slopeOf(derivedRows.tanh), 8],
      ['logDerivativeSigmoid', slopeOf(derivedRows.sigmoid), 8],
    ] as const)('%s is within its units of every golden value', (name, f, units) => {
      const rows = cases[name]!
      expect(rows.length).toBeGreaterThan(20)
      for (const [x, text] of rows) {
        const wanted = Number(text)
        const error = Math.abs(f(x) - wanted)
        if (
          !(
            f(x) === wanted ||
            error <= units * EPSILON.float64 * Math.max(Math.abs(wanted), name.startsWith('log') ? 1 : 2 ** -1022)
          )
        )
          expect.fail(`${name}(${x}) is ${f(x)}, not ${wanted}: ${error / Math.abs(wanted) / EPSILON.float64} units`)
      }
    })
  },
)

test('no expression of a row reads an argument that it does not have', () => {
  const highest = (e: Expression): number =>
    e.kind === 'argument' ? e.index : e.kind === 'constant' ? -1 : Math.max(-1, ...e.operands.map(highest))
  for (const [, row] of table) {
    for (const p of row.partials()) if (p) expect(highest(p)).toBeLessThanOrEqual(row.arity)
    for (const u of row.undo())
      if (u) expect(Math.max(highest(u.inverse), highest(u.logSlope))).toBeLessThanOrEqual(row.arity)
    if (row.lowered) expect(highest(row.lowered())).toBeLessThan(row.arity)
  }
})
