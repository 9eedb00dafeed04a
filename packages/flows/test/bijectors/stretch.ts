import { constant, type Example, evaluateAt, fromRows, jacobian, toRows } from '@diffeo/autodiff'
import { expect } from 'vitest'
import type { Bijector, Region } from '../../src/bijector.ts'
import { spectrum } from '../../src/theory/spectrum.ts'
import { normals } from '../draws.ts'

/** Arrays as constants, in their tree. */
export const constantsOf = (tree: unknown): unknown => {
  const x = tree as { readonly data?: ArrayLike<number>; readonly shape: readonly number[] }
  if (x.data) return constant(Float64Array.from(x.data), x.shape)
  if (Array.isArray(tree)) return tree.map(constantsOf)
  return Object.fromEntries(Object.entries(tree as object).map(([key, branch]) => [key, constantsOf(branch)]))
}

const POINTS = 40

/**
 * The bounds that a bijector of `[d]` states on a box, both ways, against what it does at points of the box: no singular
 * value of a Jacobian is beyond them, and no image outside its box.
 */
export const expectBounds = (bijector: Bijector, params: unknown, region: Region, seed: number): void => {
  const d = region.lower.length
  const values = constantsOf(params)
  const noise = normals(seed, [POINTS * d]).data
  const x = fromRows(
    Float64Array.from(noise, (v, e) => {
      const [low, high] = [region.lower[e % d]!, region.upper[e % d]!]
      return low + (high - low) * (0.5 + 0.5 * Math.tanh(2 * v))
    }),
    POINTS,
    [d],
  )
  const directions = [
    { bound: bijector.lipschitz(values, region), map: bijector.forward },
    { bound: bijector.lipschitzInverse!(values, region), map: bijector.inverse },
  ]
  for (const { bound, map } of directions) {
    const found = evaluateAt(
      (inputs) => {
        const { p, x } = inputs as unknown as { readonly p: unknown; readonly x: Example }
        const f = (at: Example): Example => map(p, at, {}).value
        return { y: f(x), j: jacobian(f)(x) }
      },
      { p: params, x } as never,
    ) as unknown as Readonly<Record<'y' | 'j', typeof x>>
    const [y, j] = [toRows(found.y), toRows(found.j)]
    for (let lane = 0; lane < POINTS; lane++) {
      const { largest, smallest } = stretches(j.subarray(lane * d * d, (lane + 1) * d * d), d)
      expect(largest).toBeLessThanOrEqual(bound.forward * (1 + 1e-8))
      expect(1 / smallest).toBeLessThanOrEqual(bound.inverse * (1 + 1e-8))
      for (let i = 0; i < d; i++) {
        const room = 1e-9 * (1 + Math.abs(y[lane * d + i]!))
        expect(y[lane * d + i]!).toBeGreaterThanOrEqual(bound.image.lower[i]! - room)
        expect(y[lane * d + i]!).toBeLessThanOrEqual(bound.image.upper[i]! + room)
      }
    }
  }
}

/** Singular values of a matrix `[d, d]` at both ends. */
const stretches = (j: Float64Array, d: number): { readonly largest: number; readonly smallest: number } => {
  const gram = Float64Array.from({ length: d * d }, (_, e) => {
    let total = 0
    for (let k = 0; k < d; k++) total += j[k * d + Math.floor(e / d)]! * j[k * d + (e % d)]!
    return total
  })
  const { values } = spectrum(gram, d)
  return { largest: Math.sqrt(values[0]!), smallest: Math.sqrt(Math.max(0, values[d - 1]!)) }
}
