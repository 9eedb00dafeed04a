import { add, evaluateAt, fromRows, grad, type HostArray, lanes, mul, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rationalQuadraticSpline } from '../../src/bijectors/rationalQuadraticSpline.ts'
import { distance, largest, normals } from '../draws.ts'

const EPSILON = { float64: 2 ** -52, float32: 2 ** -23 }

/** A spline of one coordinate and raw numbers for it, up to far wilder than a network makes. */
const anySpline = fc.record({
  bins: fc.integer({ min: 2, max: 16 }),
  tails: fc.constantFrom(1, 3, 12, 50),
  deviation: fc.constantFrom(0.3, 1, 6, 30),
  seed: fc.nat(),
})

/** Points through the box, on its ends, just outside and far outside. */
const pointsFor = (tails: number): HostArray & { readonly lanes: number } => {
  const inner = Array.from({ length: 257 }, (_, i) => tails * (-1 + i / 128))
  const ends = [tails, -tails, tails * (1 + 2 ** -52), -tails * (1 + 2 ** -52), 2 * tails, -1e6, 1e30, -1e38]
  return fromRows([...inner, ...ends], inner.length + ends.length, [])
}

test.each(['float64', 'float32'] as const)('forward undoes inverse to the rounding of the box, in %s', (precision) => {
  fc.assert(
    fc.property(anySpline, ({ bins, tails, deviation, seed }) => {
      const spline = rationalQuadraticSpline({ bins, tails })
      const y = pointsFor(tails)
      const found = evaluateAt(
        (at) => {
          const back = spline.inverse(at.raw, at.y)
          const again = spline.forward(at.raw, back.value)
          return { again: again.value, slope: again.logDerivative }
        },
        { raw: normals(seed, [3 * bins - 1], deviation), y },
        { precision },
      )
      for (let i = 0; i < y.lanes; i++) {
        const at = y.data[i]!
        // x is known to a rounding of the box, which the slope there turns into one of y.
        const allowed = 16 * EPSILON[precision] * Math.max(tails * (1 + Math.exp(found.slope.data[i]!)), Math.abs(at))
        expect(Math.abs(found.again.data[i]! - at), `at ${at}`).toBeLessThanOrEqual(allowed)
      }
    }),
    { numRuns: 30 },
  )
})

test('the log-derivative is the log of the derivative, in both directions', () => {
  fc.assert(
    fc.property(anySpline, ({ bins, tails, deviation, seed }) => {
      const spline = rationalQuadraticSpline({ bins, tails })
      const found = evaluateAt(
        ({ raw, x }) => ({
          stated: spline.forward(raw, x).logDerivative,
          slope: grad((at: typeof x) => spline.forward(raw, at).value)(x),
          statedBack: spline.inverse(raw, x).logDerivative,
          slopeBack: grad((at: typeof x) => spline.inverse(raw, at).value)(x),
        }),
        { raw: normals(seed, [3 * bins - 1], deviation), x: pointsFor(tails) },
      )
      expect(distance(found.stated.data, found.slope.data.map(Math.log))).toBeLessThan(1e-9)
      expect(distance(found.statedBack.data, found.slopeBack.data.map(Math.log))).toBeLessThan(1e-9)
    }),
    { numRuns: 30 },
  )
})

test('the log-derivatives of the two directions cancel where the slope does not change within a rounding', () => {
  fc.assert(
    fc.property(anySpline, ({ bins, tails, deviation, seed }) => {
      const spline = rationalQuadraticSpline({ bins, tails })
      const y = pointsFor(tails)
      const found = evaluateAt(
        (at) => {
          const back = spline.inverse(at.raw, at.y)
          return {
            sum: add(back.logDerivative, spline.forward(at.raw, back.value).logDerivative),
            curvature: grad((x: typeof at.y) => spline.forward(at.raw, x).logDerivative)(back.value),
          }
        },
        { raw: normals(seed, [3 * bins - 1], deviation), y },
      )
      const smooth = Array.from(found.sum.data).filter((_, i) => Math.abs(found.curvature.data[i]! * tails) < 1e3)
      expect(smooth.length).toBeGreaterThan(0)
      expect(largest(smooth)).toBeLessThan(1e-9)
    }),
    { numRuns: 30 },
  )
})

test('the spline increases, and its ends are the box', () => {
  fc.assert(
    fc.property(anySpline, ({ bins, tails, deviation, seed }) => {
      const spline = rationalQuadraticSpline({ bins, tails })
      const x = pointsFor(tails)
      const raw = normals(seed, [3 * bins - 1], deviation)
      const y = evaluateAt((at) => spline.forward(at.raw, at.x).value, { raw, x }).data
      for (let i = 1; i <= 256; i++) expect(y[i]!).toBeGreaterThan(y[i - 1]!)
      expect(Math.abs(y[0]! + tails)).toBeLessThanOrEqual(EPSILON.float64 * tails)
      expect(Math.abs(y[256]! - tails)).toBeLessThanOrEqual(EPSILON.float64 * tails)
      expect(Array.from(y.slice(259))).toEqual(Array.from(x.data.slice(259)))
    }),
    { numRuns: 30 },
  )
})

test('raw numbers of zero give the identity', () => {
  fc.assert(
    fc.property(anySpline, ({ bins, tails }) => {
      const spline = rationalQuadraticSpline({ bins, tails })
      const x = pointsFor(tails)
      const raw = { data: new Float64Array(3 * bins - 1), shape: [3 * bins - 1] }
      const found = evaluateAt(({ raw: r, x: at }) => ({ ...spline.forward(r, at) }), { raw, x })
      const inBox = (xs: ArrayLike<number>) => Array.from(xs).slice(0, 259)
      expect(distance(inBox(found.value.data), inBox(x.data))).toBeLessThanOrEqual(8 * EPSILON.float64 * tails)
      expect(largest(found.logDerivative.data)).toBeLessThanOrEqual(64 * EPSILON.float64)
    }),
    { numRuns: 20 },
  )
})

describe('derivatives', () => {
  test('are finite everywhere, knots and points outside the box included', () => {
    fc.assert(
      fc.property(anySpline, ({ bins, tails, deviation, seed }) => {
        const spline = rationalQuadraticSpline({ bins, tails })
        for (const way of ['forward', 'inverse'] as const) {
          const found = evaluateAt(
            ({ raw, x }) => ({
              raw: grad((p: Tensor) => lanes.mean(spline[way](p, x).logDerivative))(raw),
              rawOfValue: grad((p: Tensor) => lanes.mean(mul(spline[way](p, x).value, 1e-300)))(raw),
              x: grad((at: typeof x) => spline[way](raw, at).logDerivative)(x),
            }),
            { raw: normals(seed, [3 * bins - 1], deviation), x: pointsFor(tails) },
          )
          for (const g of Object.values(found)) expect(Array.from(g.data).every(Number.isFinite)).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('by the raw numbers are those of central differences', () => {
    fc.assert(
      fc.property(fc.record({ bins: fc.integer({ min: 2, max: 6 }), seed: fc.nat() }), ({ bins, seed }) => {
        const spline = rationalQuadraticSpline({ bins, tails: 3 })
        // Away from knots a move of the raw numbers moves no point to another bin.
        const x = fromRows([-2.71, -0.83, 0.37, 1.19, 2.6], 5, [])
        const raw = normals(seed, [3 * bins - 1])
        const loss = (p: Tensor, at: Tensor<'example'>) => {
          const through = spline.forward(p, at)
          const back = spline.inverse(p, at)
          return lanes.mean(
            add(add(through.value, through.logDerivative), mul(0.7, add(back.value, back.logDerivative))),
          )
        }
        const g = evaluateAt((at) => grad((p: Tensor) => loss(p, at.x))(at.raw), { raw, x }).data
        const step = 1e-6
        const moved = (i: number, by: number): number =>
          evaluateAt((at) => loss(at.raw, at.x), {
            raw: { ...raw, data: Float64Array.from(raw.data, (v, j) => v + (i === j ? by : 0)) },
            x,
          }).data[0]!
        const differences = Array.from(raw.data, (_, i) => (moved(i, step) - moved(i, -step)) / (2 * step))
        expect(distance(g, differences)).toBeLessThan(1e-6)
      }),
      { numRuns: 10 },
    )
  })
})

test.each([
  [{ bins: 1 }, /at least 2, got 1/],
  [{ tails: 0 }, /tails/],
  [{ bins: 10, minimumBin: 0.1 }, /do not fit/],
  [{ minimumSlope: 1 }, /minimumSlope/],
])('refuses %o', (options, message) => {
  expect(() => rationalQuadraticSpline(options)).toThrow(message)
})
