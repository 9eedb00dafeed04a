import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PairSeen, type Seen, theoremFor } from '../../src/theory/premises.ts'
import { normals } from '../draws.ts'

const D = 3
/** Jacobians at a few points, by their entries; other entries have other latents. */
const seen = (entry: (i: number, j: number, point: number) => number, latents?: readonly Float64Array[]): Seen => ({
  jacobians: [0, 1, 2].map((point) =>
    Float64Array.from({ length: D * D }, (_, e) => entry(Math.floor(e / D), e % D, point)),
  ),
  latents:
    latents ??
    [0, 1, 2].map((point) => normals(point + Math.round(1e6 * Math.abs(entry(0, 0, 0))), [D]).data as Float64Array),
})
const random = (seed: number) => {
  const { data } = normals(seed, [D, D, 3])
  return (i: number, j: number, point: number): number => data[(i * D + j) * 3 + point]!
}
const pair = (first: Seen, second: Seen, more: Partial<PairSeen> = {}): PairSeen => ({
  dimension: D,
  sameBase: true,
  baseKind: 'standardNormal',
  symmetricBase: true,
  logDets: [Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3)],
  maps: [first, second],
  ...more,
})
/** Entries only where coordinate i of the latents may depend on coordinate j. */
const triangular = (seed: number, places: readonly number[]) => {
  const entries = random(seed)
  return (i: number, j: number, point: number): number =>
    i === j ? Math.exp(entries(i, j, point)) : places[j]! < places[i]! ? entries(i, j, point) : 0
}
const orders = fc.shuffledSubarray([0, 1, 2], { minLength: D })
const seeds = fc.nat({ max: 1e5 })

describe('the theorem that applies', () => {
  test('two increasing triangles in one order are found, in whatever order', () =>
    fc.assert(
      fc.property(orders, seeds, (places, seed) => {
        const found = theoremFor(pair(seen(triangular(seed, places)), seen(triangular(seed + 1, places))))
        expect(found).toEqual({ _tag: 'IncreasingTriangular', order: places })
      }),
    ))

  test('triangles in two orders, or one that falls in a coordinate, are none', () =>
    fc.assert(
      fc.property(orders, orders, seeds, (places, others, seed) => {
        const first = triangular(seed, places)
        const second = triangular(seed + 1, others)
        const found = theoremFor(pair(seen(first), seen(second)))
        expect(found?._tag).toBe(String(places) === String(others) ? 'IncreasingTriangular' : undefined)
        const falling = seen((i, j, point) => (i === 1 && j === 1 && point === 2 ? -1 : second(i, j, point)))
        expect(theoremFor(pair(seen(first), falling))).toBeUndefined()
      }),
    ))

  test('symmetric positive definite Jacobians are those of gradients of convex functions; others are not', () => {
    const convex = (seed: number) => {
      const a = random(seed)
      return (i: number, j: number, point: number): number =>
        [0, 1, 2].reduce((sum, k) => sum + a(i, k, point) * a(j, k, point), i === j ? 0.1 : 0)
    }
    expect(theoremFor(pair(seen(convex(1)), seen(convex(2))))).toEqual({ _tag: 'GradientOfConvex' })
    const indefinite = (i: number, j: number, point: number): number => convex(2)(i, j, point) - (i === j ? 9 : 0)
    expect(theoremFor(pair(seen(convex(1)), seen(indefinite)))).toBeUndefined()
    const bent = (i: number, j: number, point: number): number => convex(2)(i, j, point) + (i > j ? 1e-3 : 0)
    expect(theoremFor(pair(seen(convex(1)), seen(bent)))).toBeUndefined()
  })

  test('latents that are moved rigidly are found, and those that are stretched are not', () => {
    const latents = [0, 1, 2, 3].map((k) => normals(40 + k, [D]).data as Float64Array)
    const [c, s] = [Math.cos(1), Math.sin(1)]
    const turned = latents.map(([x, y, z]) => Float64Array.of(c * x! - s * y! + 2, s * x! + c * y!, -z!))
    const rigid = pair(seen(random(1), latents), seen(random(2), turned))
    expect(theoremFor(rigid)).toEqual({ _tag: 'Isometry' })
    const stretched = turned.map(([x, y, z]) => Float64Array.of(1.001 * x!, y!, z!))
    expect(theoremFor(pair(seen(random(1), latents), seen(random(2), stretched)))).toBeUndefined()
  })

  test('determinants that are constant are each their own mean', () => {
    const constant = Float64Array.of(2, 2, 2)
    expect(theoremFor(pair(seen(random(1)), seen(random(2)), { logDets: [constant, constant] }))).toEqual({
      _tag: 'ConstantDeterminants',
    })
    const nearly = Float64Array.of(2, 2, 2.0001)
    expect(theoremFor(pair(seen(random(1)), seen(random(2)), { logDets: [constant, nearly] }))).toBeUndefined()
  })

  test('a uniform base is enough, and different bases are never', () => {
    const maps = [seen(random(1)), seen(random(2))] as const
    expect(theoremFor(pair(...maps, { baseKind: 'uniform' }))).toEqual({ _tag: 'UniformBase' })
    const triangles = [seen(triangular(1, [0, 1, 2])), seen(triangular(2, [0, 1, 2]))] as const
    expect(theoremFor(pair(...triangles, { sameBase: false, baseKind: 'uniform' }))).toBeUndefined()
  })

  test.each([
    [1, 1, true, 'IncreasingInOneDimension'],
    [1, 1, false, 'IncreasingInOneDimension'],
    [1, -1, true, 'MonotoneInOneDimension'],
    [-1, -1, true, 'MonotoneInOneDimension'],
    [1, -1, false, undefined],
  ])(
    'in one coordinate, slopes of sign %d and %d over a base that is symmetric: %s',
    (a, b, symmetricBase, expected) => {
      const line = (sign: number, size: number): Seen => ({
        jacobians: [1, 2, 3].map((x) => Float64Array.of(sign * x * size)),
        latents: [1, 2, 3].map((x) => Float64Array.of(sign * x ** size)),
      })
      expect(theoremFor(pair(line(a, 1), line(b, 2), { dimension: 1, symmetricBase }))?._tag).toBe(expected)
    },
  )
})
