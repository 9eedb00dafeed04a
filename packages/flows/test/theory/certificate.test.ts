import { add, mul, square, sum } from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import { define } from '../../src/bijector.ts'
import {
  affine,
  affineTransform,
  type Bijector,
  chain,
  coupling,
  type Dataset,
  type Flow,
  luLinear,
  maf,
  mlp,
  neuralSplineFlow,
  over,
  real,
  realNVP,
  residual,
  standardNormal,
  theory,
} from '../../src/index.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { singularValues } from '../../src/theory/singularValues.ts'
import { spectrum } from '../../src/theory/spectrum.ts'
import type { Arrays } from '../../src/train/arrays.ts'
import { normals } from '../draws.ts'

const cloud = (seed: number, rows: number, d: number, f = (z: number, _j: number): number => z): Dataset => ({
  columns: Array.from({ length: d }, (_, j) => `c${j}`),
  rows,
  data: Float64Array.from(normals(seed, [rows * d]).data, (z, e) => f(z, e % d)),
})
const flowOf = (...layers: readonly unknown[]): Flow => {
  const all = chain(layers as readonly Bijector<ReturnType<typeof real>, ReturnType<typeof real>>[])
  return over(standardNormal(all.domain.shape[0]!))(all) as unknown as Flow
}
const drawn = (flow: Flow, seed: number, spread: number): Arrays => {
  const { bijector, base } = flow
  return {
    bijector: drawParameters(bijector.parameters, seed, spread),
    base: drawParameters(base.parameters, seed, 0),
  } as Arrays
}
const tags = (xs: readonly { readonly _tag: string }[]): readonly string[] => xs.map(({ _tag }) => _tag)

describe('singular values', () => {
  test('squared are the eigenvalues of the Gram matrix', () => {
    for (let n = 1; n <= 6; n++) {
      const a = normals(n, [n * n]).data as Float64Array
      const gram = Float64Array.from({ length: n * n }, (_, e) =>
        Array.from({ length: n }, (_, k) => a[k * n + Math.floor(e / n)]! * a[k * n + (e % n)]!).reduce(
          (x, y) => x + y,
          0,
        ),
      )
      singularValues(a, n).forEach((s, k) => {
        expect(Math.abs(s * s - spectrum(gram, n).values[k]!)).toBeLessThan(1e-12 * n * singularValues(a, n)[0]! ** 2)
      })
    }
  })

  test('keep their digits when they are 10^20 apart, where a Gram matrix has none left', () => {
    // A rotation between two scalings of columns: the determinant is known.
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
    const found = singularValues([c, -s * 1e-20, s, c * 1e-20], 2)
    expect(Math.abs(found[0]! - 1)).toBeLessThan(1e-15)
    expect(Math.abs(found[1]! / 1e-20 - 1)).toBeLessThan(1e-15)
  })
})

describe('the certificate of a linear flow', () => {
  test('has bounds that are the singular values, on every box, and no findings', async () => {
    const flow = flowOf(luLinear(3, { seed: 1 }), affine(3))
    const params = drawn(flow, 2, 0.4)
    const c = await theory.certificate(flow, params, cloud(1, 100, 3))
    const { box, wider, everywhere } = c.bounds
    for (const region of [box, wider, everywhere]) {
      expect(region.forward).toBeGreaterThanOrEqual(c.local.sample.largest.most)
      expect(region.inverse).toBeGreaterThanOrEqual(1 / c.local.sample.smallest.least)
      expect(region.blame).toEqual({})
    }
    expect(everywhere.forward).toBe(box.forward)
    expect(c.local.draws.largest.most).toBeCloseTo(c.local.sample.largest.least, 10)
    expect(c.findings).toEqual([])
    expect(c.layers.map(({ tight }) => tight)).toEqual(Array(2).fill({ forward: true, inverse: true }))
    expect(c).toMatchObject({ units: 'original', rows: 100, looked: 100 })
  })
})

describe('what every exact flow exceeds', () => {
  test('is what the exact flow of a normal has: its own stretch both ways where it is isotropic', async () => {
    const data = cloud(3, 4000, 2, (z) => 0.1 * z)
    const flow = flowOf(affine(2))
    const exact = { bijector: [{ shift: zeros(2), logScale: filled(2, Math.log(10)) }], base: {} } as unknown as Arrays
    const { least, advice } = await theory.certificate(flow, exact, data)
    expect(least.forward! / 10).toBeGreaterThan(0.95)
    expect(least.forward! / 10).toBeLessThan(1)
    expect(Math.abs(least.inverse! - 0.1)).toBeLessThan(0.005)
    expect(least.heavyTails).toEqual([])
    expect(tags(advice)).toEqual([])
  })

  test('names a constraint too tight in either direction, and not one that leaves room', async () => {
    const flow = flowOf(residual(2, { hidden: [4], bound: 0.5 }))
    const params = drawn(flow, 1, 0.3)
    const about = async (scale: number) =>
      (
        await theory.certificate(
          flow,
          params,
          cloud(4, 80, 2, (z) => scale * z),
        )
      ).advice.flatMap((a) => (a._tag === 'BoundTooTight' ? [a.direction] : []))
    expect(await about(1)).toEqual([])
    expect(await about(10)).toEqual(['inverse'])
    expect(await about(0.1)).toEqual(['forward'])
  })

  test('grows with the likelihood of any other model', async () => {
    const flow = flowOf(affine(2))
    const params = { bijector: [{ shift: zeros(2), logScale: zeros(2) }], base: {} } as unknown as Arrays
    const data = cloud(4, 80, 2)
    const least = async (logLikelihood?: number) =>
      (await theory.certificate(flow, params, data, logLikelihood === undefined ? {} : { logLikelihood })).least
        .forward!
    const entropy = 1 + Math.log(2 * Math.PI)
    expect(await least(1)).toBeCloseTo(Math.exp((entropy + 1) / 2), 10)
    expect(await least(-100)).toBe(await least())
  })
})

const zeros = (n: number) => filled(n, 0)
const filled = (n: number, x: number) => ({ data: new Float64Array(n).fill(x), shape: [n] })

describe('statements that do not hold are findings', () => {
  const stated = (bound: number, logDet: number): Bijector =>
    define({
      spec: { kind: 'stated', options: null, parts: [] },
      domain: real(2),
      codomain: real(2),
      parameters: {},
      forward: (_, x) => ({ value: mul(2, x), logDet: add(2 * Math.LN2 + logDet, mul(0, sum(square(x)))) }),
      inverse: (_, z) => ({ value: mul(0.5, z), logDet: add(-2 * Math.LN2 - logDet, mul(0, sum(square(z)))) }),
      lipschitz: (_, { lower, upper }) => ({
        forward: 2 * bound,
        inverse: 0.5,
        image: { lower: lower.map((x) => 2 * x), upper: upper.map((x) => 2 * x) },
      }),
    }) as unknown as Bijector
  const found = async (bound: number, logDet: number) =>
    (await theory.certificate(flowOf(stated(bound, logDet)), { bijector: [{}], base: {} } as never, cloud(1, 50, 2)))
      .findings

  test.each([
    ['none where all hold', 1, 0, []],
    ['a bound below a measured stretch', 0.9, 0, ['BoundExceeded']],
    ['a log-determinant that is not the Jacobian’s', 1, 0.001, ['WrongLogDet']],
  ])('%s', async (_, bound, logDet, expected) => {
    const findings = await found(bound, logDet)
    expect(tags(findings)).toEqual(expected)
    for (const finding of findings) expect(theory.explainCertificateFinding(finding)).toMatch(/\bat row \d+/i)
  })
})

describe('rounding', () => {
  test('of a flow with drawn parameters is no more than predicted, and the prediction not without meaning', async () => {
    for (const [seed, flow] of [
      maf({ dim: 3, layers: 3, hidden: [8] }),
      neuralSplineFlow({ dim: 3, layers: 2, hidden: [8], bins: 4 }),
    ].entries()) {
      const data = cloud(seed, 200, 3)
      const c = await theory.certificate(flow as never, drawn(flow as never, seed, 0.3), data)
      for (const { predicted, measured } of [c.roundTrip.toLatentAndBack, c.roundTrip.toDataAndBack, c.logDensity]) {
        expect(measured).toBeGreaterThan(0)
        expect(measured).toBeLessThanOrEqual(predicted)
        expect(predicted).toBeLessThan(1e3 * measured)
      }
      expect(c.findings).toEqual([])
    }
  })

  test('the worst rows are those of the sample with the worst condition, in order', async () => {
    const flow = maf({ dim: 2, layers: 2, hidden: [8], standardise: false }) as unknown as Flow
    const data = cloud(8, 500, 2)
    const c = await theory.certificate(flow, drawn(flow, 5, 0.7), data, { look: 100, worst: 7 })
    expect(c.looked).toBe(100)
    expect(c.worst).toHaveLength(7)
    const conditions = c.worst.map(({ smallest, largest }) => largest / smallest)
    expect(conditions).toEqual([...conditions].sort((a, b) => b - a))
    expect(c.worst.every(({ row }) => row % 5 === 0 && row < 500)).toBe(true)
  })
})

describe('advice', () => {
  test('blames the layer that has no bound on all of R^d', async () => {
    const flow = flowOf(
      affine(3),
      coupling({ dim: 3, transform: affineTransform({ bound: 1 }), conditioner: mlp([4]) }),
      affine(3),
    )
    const { bounds, advice } = await theory.certificate(flow, drawn(flow, 3, 0.3), cloud(2, 100, 3))
    expect(bounds.box.forward).toBeLessThan(bounds.wider.forward)
    expect(bounds.everywhere).toMatchObject({ forward: Infinity, inverse: Infinity })
    expect(bounds.everywhere.blame.forward).toEqual({ place: 1, kind: 'coupling' })
    expect(advice.at(-1)).toMatchObject({ _tag: 'NoBoundEverywhere', forward: { place: 1, kind: 'coupling' } })
    for (const a of advice) expect(theory.explainAdvice(a)).toMatch(/^[A-Z].*\.$/)
  })

  test('says where the data reach out of a spline’s box, and where log-scales may add up to too much', async () => {
    const small = neuralSplineFlow({
      dim: 2,
      layers: 1,
      hidden: [4],
      bins: 4,
      tails: 2,
      standardise: false,
    }) as unknown as Flow
    const { advice } = await theory.certificate(small, drawn(small, 1, 0), cloud(2, 200, 2))
    const box = advice.find(({ _tag }) => _tag === 'BoxTooSmall')
    expect(box).toMatchObject({ layer: { place: 0, kind: 'coupling' }, tails: 2 })
    const deep = realNVP({ dim: 2, layers: 16, hidden: [4], bound: 3, standardise: false }) as unknown as Flow
    const within = realNVP({ dim: 2, layers: 16, hidden: [4], standardise: false }) as unknown as Flow
    const of = async (flow: Flow) =>
      tags((await theory.certificate(flow, drawn(flow, 1, 0.1), cloud(2, 100, 2))).advice)
    expect(await of(deep)).toContain('LogScaleBudget')
    expect(await of(within)).not.toContain('LogScaleBudget')
  })

  test('names columns that a normal base cannot reach, and latents that a free last layer would balance', async () => {
    const flow = flowOf(affine(2))
    const params = { bijector: [{ shift: zeros(2), logScale: zeros(2) }], base: {} } as unknown as Arrays
    const data = cloud(5, 4000, 2, (z, j) => (j === 1 ? z ** 3 : z + 1))
    const { advice } = await theory.certificate(flow, params, data)
    expect(advice.find(({ _tag }) => _tag === 'TailsOutOfReach')).toEqual({ _tag: 'TailsOutOfReach', columns: ['c1'] })
    const balance = advice.filter((a) => a._tag === 'FreeLastLayer')
    expect(balance.map(({ what, dimensions }) => [what, dimensions])).toEqual([
      ['shift', [0]],
      ['scale', [0, 1]],
    ])
  })
})
