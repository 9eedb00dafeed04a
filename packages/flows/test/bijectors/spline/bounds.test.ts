import { type Example, evaluateAt, fromRows, grad, type HostArray, type interval, reshape, sum } from '@diffeo/autodiff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { affineTransform } from '../../../src/bijectors/affineTransform.ts'
import { rationalQuadraticSpline } from '../../../src/bijectors/rationalQuadraticSpline.ts'
import type { Transform } from '../../../src/transform.ts'
import { normals, perLane } from '../../draws.ts'

const POINTS = 64

/** Value, slope and the derivative by each raw number, by automatic differentiation, at points of a box of raw numbers and x. */
const seen = (t: Transform, raw: Float64Array, x: Float64Array) => {
  const k = t.parameterCount
  const value = (r: Example, at: Example): Example => sum(t.forward(reshape(r, [1, k]), reshape(at, [1])).value)
  const found = (evaluateAt as unknown as (f: unknown, inputs: unknown) => Record<'y' | 'dx' | 'dr', HostArray>)(
    ({ r, at }: { readonly r: Example; readonly at: Example }) => ({
      y: value(r, at),
      dx: grad((v: Example) => value(r, v))(at),
      dr: grad((v: Example) => value(v, at))(r),
    }),
    { r: fromRows(raw, POINTS, [k]), at: fromRows(x, POINTS, []) },
  )
  return { y: perLane(found.y, POINTS), dx: perLane(found.dx, POINTS), dr: perLane(found.dr, POINTS) }
}

const transforms: readonly Transform[] = [
  rationalQuadraticSpline({ bins: 4, tails: 3 }) as unknown as Transform,
  affineTransform({ bound: 2 }) as unknown as Transform,
]

const compare = (t: Transform, seed: number, half: number, reach: number) => {
  const k = t.parameterCount
  const draws = normals(seed, [k + 1 + POINTS * (k + 1)]).data
  const centre = draws.slice(0, k)
  const middle = 2 * draws[k]!
  const spread = (e: number): number => Math.tanh(2 * draws[k + 1 + e]!)
  const raw = Float64Array.from({ length: POINTS * k }, (_, e) => centre[e % k]! + half * spread(e))
  const x = Float64Array.from({ length: POINTS }, (_, i) => middle + reach * spread(POINTS * k + i))
  const bounds = t.bounds!(
    Array.from(centre, (c): interval.Interval => [c - half, c + half]),
    [middle - reach, middle + reach],
  )
  return { bounds, ...seen(t, raw, x), raw, x }
}

test('value, slope and the pull of every raw number are within the bounds, for narrow boxes and wide ones', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...transforms),
      fc.nat({ max: 1e5 }),
      fc.constantFrom(0, 0.02, 0.5, 2),
      fc.constantFrom(0, 0.05, 1, 5),
      (t, seed, half, reach) => {
        const { bounds, y, dx, dr, raw, x } = compare(t, seed, half, reach)
        const room = 1e-9
        for (let i = 0; i < POINTS; i++) {
          expect(y[i]!).toBeGreaterThanOrEqual(bounds.value[0] - room)
          expect(y[i]!).toBeLessThanOrEqual(bounds.value[1] + room)
          expect(dx[i]!).toBeGreaterThanOrEqual(bounds.slope[0] * (1 - room))
          expect(dx[i]!).toBeLessThanOrEqual(bounds.slope[1] * (1 + room))
          for (let p = 0; p < t.parameterCount; p++)
            expect(Math.abs(dr[p * POINTS + i]!)).toBeLessThanOrEqual(bounds.pulls[p]! + room)
          // What is carried there comes from where the preimage says.
          const r = Array.from({ length: t.parameterCount }, (_, p): interval.Interval => {
            const v = raw[i * t.parameterCount + p]!
            return [v, v]
          })
          const [a, b] = t.preimage!(r, [y[i]!, y[i]!])
          expect(x[i]!).toBeGreaterThanOrEqual(a - 1e-7)
          expect(x[i]!).toBeLessThanOrEqual(b + 1e-7)
        }
      },
    ),
    { numRuns: 30 },
  ))

test('at one point, and known raw numbers, value and slope are bounded to rounding', () => {
  for (const t of transforms)
    for (let seed = 0; seed < 5; seed++) {
      const { bounds, y, dx } = compare(t, seed, 0, 0)
      expect(bounds.value[1] - bounds.value[0]).toBeLessThan(1e-9)
      expect(Math.abs(bounds.value[0] - y[0]!)).toBeLessThan(1e-9)
      expect(bounds.slope[1] / bounds.slope[0] - 1).toBeLessThan(1e-9)
      expect(Math.abs(bounds.slope[0] / dx[0]! - 1)).toBeLessThan(1e-9)
    }
})
