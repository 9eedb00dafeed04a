import {
  div,
  type Example,
  evaluateAt,
  fromRows,
  type HostArray,
  jvp,
  loop,
  reshape,
  sizeOf,
  sqrt,
  square,
  sum,
  vjp,
} from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import type { Bijector, Region } from '../../src/bijector.ts'
import { endsOf } from '../../src/domain.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { knownNumbers } from '../../src/theory/knownNumbers.ts'
import type { Arrays } from '../../src/train/arrays.ts'
import { normals, perLane } from '../draws.ts'
import { catalogue } from '../laws/catalogue.ts'

const POINTS = 24
const ROUNDS = 40

interface Measured {
  /** The largest stretch found. */
  readonly stretch: number
  readonly images: readonly Float64Array[]
}

/** Largest singular values of Jacobians at random points of a box, from below: power iteration by jvp and vjp. */
const measure = (
  map: (params: unknown, x: Example) => Example,
  shape: readonly number[],
  params: unknown,
  region: Region,
  seed: number,
): Measured => {
  const d = region.lower.length
  const noise = normals(seed, [2, POINTS * d]).data
  const at = (e: number): number => {
    const [low, high] = [region.lower[e % d]!, region.upper[e % d]!]
    // Every eighth point is a corner of the box.
    const share = Math.floor(e / d) % 8 === 0 ? (noise[e]! < 0 ? 0 : 1) : 0.5 + 0.5 * Math.tanh(1.5 * noise[e]!)
    return low + (high - low) * share
  }
  const points = fromRows(
    Float64Array.from({ length: POINTS * d }, (_, e) => at(e)),
    POINTS,
    [d],
  )
  const starts = fromRows(noise.slice(POINTS * d), POINTS, [d])
  const found = (evaluateAt as unknown as (f: unknown, inputs: unknown) => Record<'y' | 'stretch', HostArray>)(
    ({ p, x, v }: { readonly p: unknown; readonly x: Example; readonly v: Example }) => {
      const f = (z: Example): Example => {
        const y = map(p, reshape(z, [...shape]))
        return reshape(y, [sizeOf(y.shape)])
      }
      const length = (u: Example): Example => sqrt(sum(square(u)))
      const [y, pull] = vjp(f, x)
      const along = (u: Example): Example => jvp(f, x, u)[1]
      const last = loop(ROUNDS, div(v, length(v)), (u) => {
        const next = pull(along(u))
        return div(next, length(next))
      })
      return { y, stretch: length(along(last)) }
    },
    { p: params, x: points, v: starts },
  )
  const [y, stretch] = [perLane(found.y, POINTS), perLane(found.stretch, POINTS)]
  return {
    stretch: stretch.reduce((most, s) => Math.max(most, s), 0),
    images: Array.from({ length: POINTS }, (_, lane) =>
      Float64Array.from({ length: y.length / POINTS }, (_, i) => y[i * POINTS + lane]!),
    ),
  }
}

/** A box inside a domain: small or large, in the middle or not. */
const boxIn = (b: Bijector, seed: number): Region => {
  const d = sizeOf(b.domain.shape)
  const parts = b.domain.parts?.flatMap((part) =>
    Array<readonly [number, number] | undefined>(sizeOf(part.shape)).fill(endsOf(part.support)),
  )
  const draw = normals(100 + seed, [d, 2]).data
  const ends = (i: number): readonly [number, number] => {
    const [low, high] = (parts ? parts[i] : endsOf(b.domain.support)) ?? [-Infinity, Infinity]
    const [centre, half] = [1.5 * draw[2 * i]!, Math.exp(draw[2 * i + 1]! - 1)]
    const squeeze = (x: number): number =>
      low === -Infinity && high === Infinity
        ? x
        : high === Infinity
          ? low + Math.exp(x)
          : low === -Infinity
            ? high - Math.exp(-x)
            : low + (high - low) / (1 + Math.exp(-x))
    return [squeeze(centre - half), squeeze(centre + half)]
  }
  const all = Array.from({ length: d }, (_, i) => ends(i))
  return { lower: Float64Array.from(all, ([a]) => a), upper: Float64Array.from(all, ([, b]) => b) }
}

interface Compared {
  readonly direction: 'forward' | 'inverse'
  readonly bound: number
  readonly measured: number
}

const compare = ({ bijector: b }: (typeof catalogue)[number], seed: number): readonly Compared[] => {
  const params = drawParameters(b.parameters, 50 + seed, seed % 2 === 0 ? 0.3 : 1) as Arrays
  const known = knownNumbers(params)
  const region = boxIn(b, seed)
  const there = b.lipschitz(known as never, region)
  const forward = measure((p, x) => b.forward(p as never, x, {}).value, b.domain.shape, params, region, seed)
  const inside = (image: Region, points: readonly Float64Array[]): void => {
    for (const y of points)
      for (let i = 0; i < y.length; i++) {
        const room = 1e-9 * (1 + Math.abs(y[i]!))
        expect(y[i]!).toBeGreaterThanOrEqual(image.lower[i]! - room)
        expect(y[i]!).toBeLessThanOrEqual(image.upper[i]! + room)
      }
  }
  inside(there.image, forward.images)
  // The inverse's own bound, on a box around some images of the first box.
  const d = forward.images[0]!.length
  const hull: Region = {
    lower: Float64Array.from({ length: d }, (_, i) => Math.min(...forward.images.map((y) => y[i]!))),
    upper: Float64Array.from({ length: d }, (_, i) => Math.max(...forward.images.map((y) => y[i]!))),
  }
  const inverse = measure((p, z) => b.inverse(p as never, z, {}).value, b.codomain.shape, params, hull, seed)
  const back = b.lipschitzInverse?.(known as never, hull)
  if (back) inside(back.image, inverse.images)
  // At an image of the box, the inverse stretches no more than the box's bound of the inverse.
  return [
    { direction: 'forward', bound: there.forward, measured: forward.stretch },
    { direction: 'inverse', bound: back?.forward ?? Infinity, measured: inverse.stretch },
  ]
}

const DRAWS = 3
/** Bounds within a factor of two of what is measured are tight. */
const TIGHT = 2

const uniform = catalogue.filter(({ context }) => !context)
const looseness = new Map<string, number>()

describe.each(uniform)('$name', (entry) => {
  test('stretches nowhere in a box more than its bound says, and stays in the image that it states', () => {
    for (let seed = 0; seed < DRAWS; seed++)
      for (const { direction, bound, measured } of compare(entry, seed)) {
        expect(measured, `${direction}, draw ${seed}`).toBeLessThanOrEqual(bound * (1 + 1e-7))
        looseness.set(entry.name, Math.max(looseness.get(entry.name) ?? 1, bound / measured))
      }
  })
})

test('bounds are tight, but where a network decides, where parts are bounded one by one, and inside spline bins', () => {
  const loose = uniform.map(({ name }) => name).filter((name) => looseness.get(name)! > TIGHT)
  expect(loose).toEqual([
    'spline',
    'residual',
    'dynamicLinearCoupling',
    'dynamicLinearCoupling over positions',
    'affine coupling',
    'spline coupling',
    'affine autoregressive',
    'spline autoregressive',
    'inverted spline',
    'inverted autoregressive',
    'positive to unit interval',
    'concat',
    'sandwich',
    'repeat',
  ])
  const endless = loose.filter((name) => looseness.get(name) === Infinity)
  expect(endless).toEqual(['dynamicLinearCoupling', 'dynamicLinearCoupling over positions'])
})

test('without a bound on the box there is none on the inside: affine couplings have none on all of R^d, spline ones do', () => {
  const everywhere = (name: string): readonly [number, number] => {
    const { bijector } = uniform.find((entry) => entry.name === name)!
    const d = sizeOf(bijector.domain.shape)
    const whole = { lower: new Float64Array(d).fill(-Infinity), upper: new Float64Array(d).fill(Infinity) }
    const { forward, inverse } = bijector.lipschitz(
      knownNumbers(drawParameters(bijector.parameters, 1, 1) as Arrays) as never,
      whole,
    )
    return [forward, inverse]
  }
  expect(everywhere('affine coupling')).toEqual([Infinity, Infinity])
  expect(everywhere('spline coupling').every(Number.isFinite)).toBe(true)
})
