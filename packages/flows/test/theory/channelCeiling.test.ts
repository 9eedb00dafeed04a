import {
  add,
  cholesky,
  constant,
  div,
  type Example,
  evaluate,
  evaluateAt,
  type HostArray,
  jacobian,
  logAbsDet,
  matmul,
  mul,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
} from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { channelCeiling } from '../../src/theory/channelCeiling.ts'
import { explainTheory } from '../../src/theory/error.ts'
import { spectrum } from '../../src/theory/spectrum.ts'
import { normals } from '../draws.ts'
import { left, right } from '../either.ts'

/** `[C, N]`: normal numbers mixed by a random matrix near the identity. */
const point = (seed: number, channels: number, positions: number): HostArray => {
  const mix = normals(2 * seed + 1, [channels, channels], 0.4).data
  const z = normals(2 * seed, [channels, positions]).data
  const data = Float64Array.from({ length: channels * positions }, (_, e) => {
    const [c, n] = [Math.floor(e / positions), e % positions]
    let value = z[e]!
    for (let k = 0; k < channels; k++) value += mix[c * channels + k]! * z[k * positions + n]!
    return value
  })
  return { data, shape: [channels, positions] }
}
const points = fc
  .record({
    channels: fc.integer({ min: 1, max: 4 }),
    extra: fc.integer({ min: 4, max: 12 }),
    count: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ channels, extra, count, seed }) =>
    Array.from({ length: count }, (_, i) => point(seed + 7 * i, channels, channels + extra)),
  )

/** log N(W X; 0, I) + N log|det W|, as it is written. */
const logLikelihood = (w: Tensor, { data, shape }: HostArray): Tensor => {
  const [channels, positions] = shape as readonly [number, number]
  const z = matmul(w, reshape(constantOf(data, shape), [channels, positions]))
  return sub(
    mul(positions, logAbsDet(w)),
    add(mul(0.5, sum(square(z))), ((channels * positions) / 2) * Math.log(2 * Math.PI)),
  ) as Tensor
}
const constantOf = (data: ArrayLike<number>, shape: readonly number[]): Tensor =>
  constant(Float64Array.from(data), shape)

/** Ascends the mean log-likelihood of the points over all matrices W by relative gradients, W += (I - W R Wᵀ) W / 2. */
const best = (all: readonly HostArray[]): number => {
  const [channels, positions] = all[0]!.shape as readonly [number, number]
  const r = new Float64Array(channels * channels)
  for (const { data } of all)
    for (let i = 0; i < channels; i++)
      for (let j = 0; j < channels; j++)
        for (let n = 0; n < positions; n++)
          r[i * channels + j]! += (data[i * positions + n]! * data[j * positions + n]!) / positions / all.length
  const size = Math.sqrt(r.reduce((trace, x, e) => trace + (e % (channels + 1) === 0 ? x : 0), 0))
  let w = Float64Array.from({ length: channels ** 2 }, (_, e) => (e % (channels + 1) === 0 ? 1 / size : 0))
  const times = (a: ArrayLike<number>, b: ArrayLike<number>, flipped = false): Float64Array =>
    Float64Array.from({ length: channels ** 2 }, (_, e) => {
      const [i, j] = [Math.floor(e / channels), e % channels]
      let total = 0
      for (let k = 0; k < channels; k++)
        total += a[i * channels + k]! * b[flipped ? j * channels + k : k * channels + j]!
      return total
    })
  for (let step = 0; step < 200; step++) {
    const off = times(times(w, r), w, true).map((x, e) => (e % (channels + 1) === 0 ? 1 - x : -x))
    const move = times(off, w)
    w = w.map((x, e) => x + move[e]! / 2)
  }
  const matrix = constantOf(w, [channels, channels])
  return all.reduce((total, x) => total + evaluate(logLikelihood(matrix, x)).data[0]!, 0) / all.length
}

describe('channel ceiling', () => {
  test('the shared ceiling is what ascending the likelihood over W reaches, and so is that of each point alone', () =>
    fc.assert(
      fc.property(points, (all) => {
        const { shared, perPoint } = right(channelCeiling(all))
        const size = all[0]!.data.length
        expect(Math.abs(best(all) - shared.value)).toBeLessThan(1e-9 * size)
        all.forEach((x, i) => expect(Math.abs(best([x]) - perPoint[i]!)).toBeLessThan(1e-9 * size))
      }),
      { numRuns: 20 },
    ))

  test('the mean of the points’ own ceilings is never below the shared one, and equal for a single point', () =>
    fc.assert(
      fc.property(points, (all) => {
        const { shared, upperBound, perPoint } = right(channelCeiling(all))
        expect(upperBound.value).toBeCloseTo(perPoint.reduce((a, b) => a + b, 0) / all.length, 9)
        expect(upperBound.value).toBeGreaterThanOrEqual(shared.value - 1e-9)
        const alone = right(channelCeiling(all[0]!))
        expect(alone.shared.value).toBeCloseTo(alone.upperBound.value, 9)
      }),
    ))

  test('a W that is computed from other variables exceeds the shared ceiling, and not the upper bound', () => {
    // Every point is scaled by a number that the other variables know: W divides by it.
    const all = Array.from({ length: 30 }, (_, i) => {
      const { data, shape } = point(i, 2, 40)
      return { data: data.map((x) => x * Math.exp(Math.sin(i))), shape }
    })
    const { shared, upperBound } = right(channelCeiling(all, { weightsFrom: 'otherVariables' }))
    const whitenedByKnown = all.reduce((total, x, i) => {
      const w = constantOf([Math.exp(-Math.sin(i)), 0, 0, Math.exp(-Math.sin(i))], [2, 2])
      return total + evaluate(logLikelihood(w, x)).data[0]! / all.length
    }, 0)
    expect(upperBound.value).toBeGreaterThan(whitenedByKnown)
    expect(upperBound.value).toBeGreaterThan(shared.value + 10)
  })

  test('the standard error is the spread of the shared ceiling over sets of points', () => {
    const sets = Array.from({ length: 250 }, (_, s) => {
      const scale = normals(s, [60], 0.5).data
      const z = normals(1000 + s, [60, 10]).data
      const all = Array.from({ length: 60 }, (_, i) => ({
        data: z.slice(10 * i, 10 * i + 10).map((x) => x * Math.exp(scale[i]!)),
        shape: [2, 5],
      }))
      return right(channelCeiling(all)).shared
    })
    const mean = sets.reduce((a, { value }) => a + value, 0) / sets.length
    const spread = Math.sqrt(sets.reduce((a, { value }) => a + (value - mean) ** 2, 0) / (sets.length - 1))
    const stated = sets.reduce((a, { standardError }) => a + standardError, 0) / sets.length
    // 250 sets tell a standard deviation to about 5 %.
    expect(Math.abs(stated / spread - 1)).toBeLessThan(0.15)
  })

  test('fewer positions than channels are refused, with the reason', () => {
    const error = left(channelCeiling(point(1, 3, 2)))
    expect(error).toEqual({ _tag: 'TooFewPositions', channels: 3, positions: 2 })
    expect(explainTheory(error)).toMatch(/2 and 3.*\+∞/)
  })

  test('channels that depend on each other within one point are named, at any scale', () => {
    const { data } = point(3, 3, 9)
    const grey = data.map((x, e) => (e < 9 ? x : e < 18 ? 1e-9 * x : 3 * data[e - 18]!))
    const error = left(
      channelCeiling([point(4, 3, 9), { data: grey, shape: [3, 3, 3] }].map((x) => ({ ...x, shape: [3, 9] }))),
    )
    expect(error).toEqual({ _tag: 'CollinearChannels', point: 1, channels: [0, 2] })
    const dark = data.map((x, e) => (e < 9 ? 0 : x))
    expect(left(channelCeiling({ data: dark, shape: [3, 3, 3] }))).toMatchObject({ channels: [0] })
    const tiny = data.map((x, e) => (e < 9 ? 1e-12 * x : x))
    expect(right(channelCeiling({ data: tiny, shape: [3, 9] })).shared.value).toBeCloseTo(
      right(channelCeiling({ data, shape: [3, 9] })).shared.value + 9 * Math.log(1e12),
      6,
    )
  })

  test('a number that is not finite is named with its place', () => {
    const { data } = point(5, 2, 6)
    data[8] = Number.NaN
    expect(left(channelCeiling({ data, shape: [2, 6] }))).toMatchObject({ point: 0, channel: 1, position: 2 })
  })

  test('points of different shapes, or without positions, are the caller’s mistake', () => {
    expect(() => channelCeiling([point(1, 2, 4), point(1, 2, 5)])).toThrow(/\[2, 4\] and another \[2, 5\]/)
    expect(() => channelCeiling({ data: Float64Array.of(1, 2), shape: [2] })).toThrow(/\[channels, positions\]/)
  })
})

describe('W computed from the X that it multiplies', () => {
  const [C, N] = [2, 4]

  /** Whitening by a factor of the point's own auto-correlation. */
  const whiten = (x: Example): Example => triangularSolve(cholesky(div(matmul(x, transpose(x)), N)), x)

  const found = evaluateAt(({ x }) => ({ z: whiten(x), j: jacobian(whiten)(x) }), { x: point(11, C, N) })

  test('makes the same auto-correlation of every X', () => {
    const { data } = found.z
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const product = Array.from({ length: N }, (_, n) => data[i * N + n]! * data[j * N + n]!)
      expect(product.reduce((a, b) => a + b, 0) / N).toBeCloseTo(Number(i === j), 12)
    }
  })

  test('is no likelihood: its true Jacobian has rank 5 of 8, which the refusal says', () => {
    const n = C * N
    const { data: j } = found.j
    const gram = new Float64Array(n * n)
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) for (let k = 0; k < n; k++) gram[a * n + b]! += j[k * n + a]! * j[k * n + b]!
    const { values } = spectrum(gram, n)
    const rank = values.filter((value) => value > 1e-12 * values[0]!).length
    expect(rank).toBe(5)
    const error = left(channelCeiling(point(11, C, N), { weightsFrom: 'samePoint' }))
    expect(error).toEqual({ _tag: 'NotALikelihood', dimensions: 8, rank })
    expect(explainTheory(error)).toContain('rank 5 of 8')
  })
})
