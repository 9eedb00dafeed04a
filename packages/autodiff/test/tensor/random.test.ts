import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  constant,
  type EvaluateOptions,
  type Example,
  evaluate,
  lanes,
  random,
  stack,
  type Tensor,
  threefry2x32,
} from '../../src/index.ts'
import { erfInverse } from '../../src/scalar/special/erfInverse.ts'
import { range, total } from '../plain.ts'

const seeds = [0, 1, 2]
const COUNT = 100_000
const draw = (x: Example, options: EvaluateOptions = {}): readonly number[] => Array.from(evaluate(x, options).data)
const seed = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER))
const wordsOf = (s: number): readonly [number, number] => [Math.floor(s / 2 ** 32), s % 2 ** 32]

/** What Threefry's words of a key say about element i of a draw. */
const uniformAt = (key: readonly [number, number], i: number): number =>
  (Math.floor(threefry2x32(key, [i >> 1, 0])[i & 1]! / 2 ** 9) + 0.5) / 2 ** 23

/** The standard normal distribution function by its series without cancellation, Φ(x) = 1/2 + φ(x) Σ x^(2n+1)/(1·3·…·(2n+1)). */
const normalBelow = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; n < 200; n++) {
    term *= (x * x) / (2 * n + 1)
    sum += term
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

/** √n times the largest distance of the empirical distribution from the stated one (Kolmogorov & Smirnov). */
const kolmogorov = (xs: readonly number[], below: (x: number) => number): number => {
  const sorted = Float64Array.from(xs).sort()
  let largest = 0
  sorted.forEach((x, i) => {
    const p = below(x)
    largest = Math.max(largest, (i + 1) / xs.length - p, p - i / xs.length)
  })
  return Math.sqrt(xs.length) * largest
}
/** Exceeded by one in 10,000 samples: 2 exp(-2 x²) = 1e-4. */
const KOLMOGOROV = 2.23
/** A standard normal is farther from 0 than this one time in 10,000. */
const SIGMAS = 3.89

const correlation = (xs: readonly number[], ys: readonly number[]): number => {
  const centred = (zs: readonly number[]) => {
    const mean = total(zs) / zs.length
    return zs.map((z) => z - mean)
  }
  const [a, b] = [centred(xs), centred(ys)]
  const dot = (u: readonly number[], v: readonly number[]) => total(u.map((x, i) => x * v[i]!))
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

describe('random.uniform', () => {
  test('is the top 23 bits of Threefry words, in the middle of their step', () => {
    fc.assert(
      fc.property(seed, fc.nat(9), (s, n) => {
        expect(draw(random.uniform(random.key(s), [n]))).toEqual(range(n).map((i) => uniformAt(wordsOf(s), i)))
      }),
    )
  })

  test('fills a shape in row-major order', () => {
    const key = random.key(7)
    expect(draw(random.uniform(key, [3, 5]))).toEqual(draw(random.uniform(key, [15])))
  })

  test('is never 0 or 1 and the same in float32', () => {
    for (const bits of [0, 1, 2 ** 22, 2 ** 23 - 2, 2 ** 23 - 1]) {
      const u = (bits + 0.5) * 2 ** -23
      expect(Math.fround(u)).toBe(u)
      expect(Math.fround(2 * u - 1)).toBe(2 * u - 1)
      expect(Number.isFinite(erfInverse(2 * u - 1))).toBe(true)
    }
    const x = random.uniform(random.key(5), [10_000])
    expect(draw(x, { precision: 'float32' })).toEqual(draw(x))
  })

  test.each(seeds)('has the distribution and the moments of its name (seed %i)', (s) => {
    const u = draw(random.uniform(random.key(s), [COUNT]))
    expect(kolmogorov(u, (x) => x)).toBeLessThan(KOLMOGOROV)
    const off = (values: readonly number[], mean: number, variance: number): number =>
      (total(values) / COUNT - mean) / Math.sqrt(variance / COUNT)
    expect(Math.abs(off(u, 1 / 2, 1 / 12))).toBeLessThan(SIGMAS)
    expect(
      Math.abs(
        off(
          u.map((x) => x * x),
          1 / 3,
          4 / 45,
        ),
      ),
    ).toBeLessThan(SIGMAS)
  })

  test.each(seeds)('falls into 1,024 cells as often as chance does (seed %i)', (s) => {
    const cells = new Float64Array(1024)
    for (const u of draw(random.uniform(random.key(s), [COUNT]))) cells[Math.floor(u * 1024)]! += 1
    const expected = COUNT / 1024
    const chiSquare = total(Array.from(cells, (n) => (n - expected) ** 2 / expected))
    // Wilson & Hilferty 1931: the cube root of χ²/k is nearly normal. Too even is as suspect as too uneven.
    const k = 1023
    const z = ((chiSquare / k) ** (1 / 3) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k))
    expect(Math.abs(z)).toBeLessThan(SIGMAS)
  })

  test.each(seeds)('has pairs that know nothing of each other (seed %i)', (s) => {
    const u = draw(random.uniform(random.key(s), [COUNT]))
    for (const lag of [1, 2, 3, 64])
      expect(Math.abs(correlation(u.slice(lag), u.slice(0, -lag)))).toBeLessThan(SIGMAS / Math.sqrt(COUNT - lag))
  })
})

describe('random.normal', () => {
  test('is the normal quantile of the uniform number of the same key', () => {
    const u = draw(random.uniform(random.key(3), [2000]))
    draw(random.normal(random.key(3), [2000])).forEach((z, i) => {
      expect(Math.abs(normalBelow(z) - u[i]!)).toBeLessThan(1e-14)
    })
  })

  test.each(seeds)('has the distribution and the moments of its name (seed %i)', (s) => {
    const z = draw(random.normal(random.key(s), [COUNT]))
    expect(kolmogorov(z, normalBelow)).toBeLessThan(KOLMOGOROV)
    // Powers of a standard normal: their means, and the variances of those means.
    const moments = [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const
    for (const [power, mean, variance] of moments) {
      const found = total(z.map((x) => x ** power)) / COUNT
      expect(Math.abs(found - mean) / Math.sqrt(variance / COUNT)).toBeLessThan(SIGMAS)
    }
  })
})

describe('derived keys', () => {
  test('are Threefry of the key with a second counter word of 1', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (s, data) => {
        const words = threefry2x32(wordsOf(s), [data >>> 0, 1])
        expect(draw(random.foldIn(random.key(s), data))).toEqual(words.map((w) => w | 0))
      }),
    )
    const split = random.split(random.key(9), 3)
    expect(split.map((k) => draw(k))).toEqual(range(3).map((i) => draw(random.foldIn(random.key(9), i))))
  })

  test('are all different, from one another and from where they come from', () => {
    const root = random.key(0)
    const children = random.split(root, 300)
    const grandchildren = random.split(children[0]!, 300)
    const all = draw(stack([root, ...children, ...grandchildren]))
    const names = new Set(range(601).map((i) => `${all[2 * i]} ${all[2 * i + 1]}`))
    expect(names.size).toBe(601)
  })

  test.each(seeds)('give numbers that know nothing of one another (seed %i)', (s) => {
    const n = 20_000
    const root = random.key(s)
    const [first, second] = random.split(root, 2) as [Tensor, Tensor]
    const streams = [root, first, second, random.foldIn(first, 0), random.key(s + 1)].map((key) =>
      draw(random.uniform(key, [n])),
    )
    for (const [i, a] of streams.entries())
      for (const b of streams.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(SIGMAS / Math.sqrt(n))
    // The first number of each of many keys is as uniform as the numbers of one.
    const firsts = draw(random.uniform(random.foldIn(root, lanes.index()), []), { lanes: { count: n } })
    expect(kolmogorov(firsts, (x) => x)).toBeLessThan(KOLMOGOROV)
  })
})

describe('a key for each example', () => {
  const key = random.key(11)
  const each = random.normal(random.foldIn(key, lanes.index()), [3])

  test('gives every example the numbers of its own key', () => {
    const { data } = evaluate(each, { lanes: { count: 70 } })
    for (const lane of [0, 1, 63, 64, 69]) {
      const own = draw(random.normal(random.foldIn(key, lane), [3]))
      expect(range(3).map((e) => data[e * 70 + lane])).toEqual(own)
    }
  })

  test('gives the same numbers when a call is split', () => {
    const whole = evaluate(each, { lanes: { count: 150 } }).data
    const parts = [
      [0, 64],
      [64, 1],
      [65, 85],
    ].map(([offset, count]) => ({ offset: offset!, count: count! }))
    for (const { offset, count } of parts) {
      const { data } = evaluate(each, { lanes: { count, offset } })
      for (const e of range(3))
        expect(data.slice(e * count, (e + 1) * count)).toEqual(whole.slice(e * 150 + offset, e * 150 + offset + count))
    }
  })
})

test('a mistake with a key is named', () => {
  expect(() => random.key(-1)).toThrow('a seed is a whole number from 0 to 2^53 - 1, got -1')
  expect(() => random.key(0.5)).toThrow('got 0.5')
  expect(() => random.uniform(constant([1, 2]), [])).toThrow(
    'random.uniform: a key is an int tensor [2], got float [2]',
  )
  expect(() => random.foldIn(random.key(1), constant(0.5))).toThrow('random.foldIn: takes one integer, got float []')
})
