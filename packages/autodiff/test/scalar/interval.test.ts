import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as I from '../../src/scalar/interval.ts'
import { erf } from '../../src/scalar/special/erf.ts'

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE),
)
const bound = fc.oneof({ weight: 8, arbitrary: number }, { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) })
const ordered = (a: number, b: number): I.Interval => (a <= b ? [a, b] : [b, a])

/** An interval and a number in it: the bounds themselves, often, and what lies between. */
const pointed = fc
  .tuple(bound, bound, number)
  .map(([a, b, x]) => {
    const interval = ordered(a, b)
    return { interval, x: Math.min(Math.max(x, interval[0]), interval[1]) }
  })
  .filter(({ x }) => Number.isFinite(x))

/** A finite number as n / 2^1074. */
const scaled = (x: number): bigint => {
  let factor = 0
  let value = x
  while (!Number.isSafeInteger(value)) {
    // Doubling and halving are exact here: small numbers become integers, large ones become safe.
    const halve = Math.abs(value) >= 2 ** 53
    value = halve ? value / 2 : value * 2
    factor += halve ? 1 : -1
  }
  return BigInt(value) << BigInt(1074 + factor)
}
const ONE = 1n << 1074n

/** Whether the exact rational `top / bottom`, bottom > 0, lies in the interval. */
const containsExactly = ([lower, upper]: I.Interval, top: bigint, bottom: bigint): boolean =>
  (lower === -Infinity || (lower !== Infinity && scaled(lower) * bottom <= top * ONE)) &&
  (upper === Infinity || (upper !== -Infinity && top * ONE <= scaled(upper) * bottom))

describe('arithmetic holds the exact result and the rounded one', () => {
  test.each([
    {
      name: 'add',
      range: I.add,
      rounded: (x: number, y: number) => x + y,
      top: (x: bigint, y: bigint) => (x + y) * ONE,
    },
    {
      name: 'sub',
      range: I.sub,
      rounded: (x: number, y: number) => x - y,
      top: (x: bigint, y: bigint) => (x - y) * ONE,
    },
    { name: 'mul', range: I.mul, rounded: (x: number, y: number) => x * y, top: (x: bigint, y: bigint) => x * y },
  ])('$name', ({ range, rounded, top }) => {
    fc.assert(
      fc.property(pointed, pointed, (a, b) => {
        const image = range(a.interval, b.interval)
        expect(I.contains(image, rounded(a.x, b.x))).toBe(true)
        expect(containsExactly(image, top(scaled(a.x), scaled(b.x)), ONE * ONE)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('div', () => {
    fc.assert(
      fc.property(pointed, pointed, (a, b) => {
        fc.pre(b.x !== 0)
        const image = I.div(a.interval, b.interval)
        expect(I.contains(image, a.x / b.x)).toBe(true)
        const bottom = scaled(b.x)
        expect(containsExactly(image, bottom < 0n ? -scaled(a.x) : scaled(a.x), bottom < 0n ? -bottom : bottom)).toBe(
          true,
        )
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    { name: 'minimum', range: I.minimum, f: Math.min },
    { name: 'maximum', range: I.maximum, f: Math.max },
  ])('$name', ({ range, f }) => {
    fc.assert(
      fc.property(pointed, pointed, (a, b) => {
        expect(I.contains(range(a.interval, b.interval), f(a.x, b.x))).toBe(true)
      }),
    )
  })

  test.each([
    { name: 'neg', range: I.neg, f: (x: number) => -x },
    { name: 'abs', range: I.abs, f: Math.abs },
  ])('$name', ({ range, f }) => {
    fc.assert(
      fc.property(pointed, (a) => {
        expect(I.contains(range(a.interval), f(a.x))).toBe(true)
      }),
    )
  })
})

describe('arithmetic is no wider than it must be', () => {
  test('nothing is rounded where the result is exact', () => {
    expect(I.add([1, 2], [3, 4])).toEqual([4, 6])
    expect(I.sub([1, 1], [0, 1])).toEqual([0, 1])
    expect(I.mul([-1, 1], [0.1, 0.7])).toEqual([-0.7, 0.7])
    expect(I.mul([0, 0], I.REAL)).toEqual([0, 0])
  })
  test('a result is at most two units in the last place wider on each side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e3, noNaN: true }),
        fc.double({ min: 1, max: 1e3, noNaN: true }),
        (x, y) => {
          for (const range of [I.add, I.mul, I.div]) {
            const [lower, upper] = range([x, x], [y, y])
            expect(upper - lower).toBeLessThanOrEqual(4 * Number.EPSILON * upper)
          }
        },
      ),
    )
  })
  test('rounding outward never crosses 0', () => {
    const small: I.Interval = [1e-200, 2e-200]
    expect(I.mul(small, small)).toEqual([0, Number.MIN_VALUE])
    expect(I.mul(small, I.neg(small))).toEqual([-Number.MIN_VALUE, -0])
    expect(I.div([1, 2], [1, Infinity])[0]).toBe(0)
  })
  test('a divisor that touches 0 keeps the sign; one with 0 inside, or nothing else, gives the whole line', () => {
    expect(I.div([1, 1], [0, 4])).toEqual([expect.closeTo(0.25, 15), Infinity])
    expect(I.div([1, 1], [-4, 0])).toEqual([-Infinity, expect.closeTo(-0.25, 15)])
    expect(I.div([1, 1], [-1, 1])).toEqual(I.REAL)
    expect(I.div([1, 1], [0, 0])).toEqual(I.REAL)
  })
  test('a sum beyond the largest number starts at the largest number', () => {
    const large: I.Interval = [Number.MAX_VALUE, Number.MAX_VALUE]
    expect(I.add(large, large)).toEqual([Number.MAX_VALUE, Infinity])
    expect(I.neg(I.add(large, large))).toEqual(I.add(I.neg(large), I.neg(large)))
  })
})

describe('ranges of functions', () => {
  test.each([
    { name: 'exp', range: I.increasing(Math.exp), f: Math.exp },
    { name: 'tanh', range: I.increasing(Math.tanh, [-1, 1]), f: Math.tanh },
    { name: 'erf', range: I.increasing(erf, [-1, 1]), f: erf },
    { name: 'atan', range: I.increasing(Math.atan), f: Math.atan },
    { name: 'expm1', range: I.increasing(Math.expm1, [-1, Infinity]), f: Math.expm1 },
    { name: 'exp(-x)', range: I.decreasing((x) => Math.exp(-x)), f: (x: number) => Math.exp(-x) },
    { name: 'cosh', range: I.even(Math.cosh, [1, Infinity]), f: Math.cosh },
    { name: 'x²', range: I.even((x) => x * x), f: (x: number) => x * x },
  ])('$name of a point lies in the range over the interval', ({ range, f }) => {
    fc.assert(
      fc.property(pointed, (a) => {
        const image = range(a.interval)
        expect(image[0]).toBeLessThanOrEqual(image[1])
        expect(I.contains(image, f(a.x))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
  test('bounds are rounded outward, but not beyond the image nor across 0', () => {
    const [lower, upper] = I.increasing(Math.exp)([1, 2])
    expect(lower).toBeLessThan(Math.exp(1))
    expect(upper).toBeGreaterThan(Math.exp(2))
    expect(I.increasing(Math.tanh, [-1, 1])(I.REAL)).toEqual([-1, 1])
    expect(I.increasing(Math.exp)([-800, -800])).toEqual([0, 4 * Number.MIN_VALUE])
    expect(I.increasing(Math.exp)([800, 900])).toEqual([Number.MAX_VALUE, Infinity])
    expect(I.even(Math.cosh, [1, Infinity])([-1, 2])[0]).toBe(1)
  })
  test('a bound at which the function is NaN is no bound', () => {
    expect(I.increasing(Math.log)([-1, 1])).toEqual([-Infinity, expect.closeTo(0, 15)])
    expect(I.decreasing((x) => Math.log(-x))([-1, 1])).toEqual([-Infinity, expect.closeTo(0, 15)])
  })
})

describe('sets', () => {
  test('a hull encloses both and has no other bounds than theirs', () => {
    fc.assert(
      fc.property(pointed, pointed, ({ interval: a }, { interval: b }) => {
        const both = I.hull(a, b)
        expect(I.encloses(both, a) && I.encloses(both, b)).toBe(true)
        expect([a[0], b[0]]).toContain(both[0])
        expect([a[1], b[1]]).toContain(both[1])
      }),
    )
  })
  test('clipping keeps exactly the points that lie in both', () => {
    fc.assert(
      fc.property(pointed, pointed, ({ interval: a, x }, { interval: b }) => {
        const kept = I.clip(a, b)
        expect(I.encloses(b, kept)).toBe(true)
        if (I.contains(b, x)) expect(I.contains(kept, x)).toBe(true)
        else expect(I.contains(kept, x)).toBe(false)
      }),
    )
    expect(I.clip([-3, -2], [0, 1])).toEqual([0, 0])
  })
  test('the width is at least the distance of any two points', () => {
    fc.assert(
      fc.property(pointed, fc.double({ min: 0, max: 1, noNaN: true }), ({ interval, x }, t) => {
        const other = Math.min(Math.max(x * t, interval[0]), interval[1])
        expect(I.width(interval)).toBeGreaterThanOrEqual(Math.abs(x - other))
      }),
    )
    expect([I.width([2, 5]), I.width(I.REAL), I.width([1, Infinity])]).toEqual([3, Infinity, Infinity])
  })
  test('is bounded where both bounds are finite', () => {
    expect([I.isBounded([0, 1]), I.isBounded(I.POSITIVE), I.isBounded(I.REAL)]).toEqual([true, false, false])
  })
})
