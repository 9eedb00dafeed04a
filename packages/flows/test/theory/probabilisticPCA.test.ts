import { evaluateAt, fromRows, type HostArray, open, toRows } from '@diffeo/autodiff'
import { htru2, modulusTen, splitByModulus } from '@diffeo/data'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { affine } from '../../src/bijectors/affine.ts'
import { standardise } from '../../src/bijectors/standardise.ts'
import { andThen } from '../../src/combinators/andThen.ts'
import type { Distribution } from '../../src/distribution.ts'
import { standardNormal } from '../../src/distributions/standardNormal.ts'
import { type Flow, over } from '../../src/flow.ts'
import { linearCeiling } from '../../src/theory/linearCeiling.ts'
import { momentsOf } from '../../src/theory/moments.ts'
import { type PcaUnits, probabilisticPCA } from '../../src/theory/probabilisticPCA.ts'
import type { Dataset } from '../../src/train/dataset.ts'
import { logDensities } from '../../src/train/score.ts'
import { logProbs } from '../distributions/densities.ts'
import { normals } from '../draws.ts'
import { left, right } from '../either.ts'

/** Normal rows of d columns, mixed by a random matrix; columns of unequal size. */
const mixed = (seed: number, d: number, rows: number): Dataset => {
  const mix = normals(seed, [d, d], 0.7).data
  const { data: z } = normals(seed + 1e6, [rows, d])
  const data = Float64Array.from({ length: rows * d }, (_, e) => {
    const [i, j] = [Math.floor(e / d), e % d]
    let x = z[e]! + j
    for (let k = 0; k < d; k++) x += mix[j * d + k]! * z[i * d + k]!
    return x * 3 ** (j % 3)
  })
  return { columns: Array.from({ length: d }, (_, j) => `c${j}`), rows, data }
}
const tables = fc
  .record({ d: fc.integer({ min: 1, max: 6 }), seed: fc.integer({ min: 0, max: 1e5 }) })
  .map(({ d, seed }) => mixed(seed, d, 40))
const units = fc.constantFrom<PcaUnits>('standardised', 'original')
const mean = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => a + b, 0) / xs.length

/** The rows in the coordinates that a fit lives in. */
const inUnits = (t: Dataset, which: PcaUnits): Float64Array => {
  const { mean: m, standardDeviation: sd } = right(momentsOf(t))
  const d = t.columns.length
  return which === 'original' ? t.data : t.data.map((x, e) => (x - m[e % d]!) / sd[e % d]!)
}

describe('the curve of probabilistic PCA', () => {
  test('is what the closed-form fit reaches on its own rows, for every number of factors', () =>
    fc.assert(
      fc.property(tables, units, (t, which) => {
        const pca = right(probabilisticPCA(t, { units: which }))
        for (const { factors, logLikelihood } of pca.curve) {
          const { distribution, params } = pca.fit(factors)
          const reached = mean(logProbs(distribution as unknown as Distribution, params as never, inUnits(t, which)))
          expect(Math.abs(reached - logLikelihood.value)).toBeLessThan(1e-9 * t.columns.length)
        }
      }),
      { numRuns: 25 },
    ))

  test('rises to the linear ceiling, which it meets at one factor less than there are columns', () =>
    fc.assert(
      fc.property(tables, units, (t, which) => {
        const { curve } = right(probabilisticPCA(t, { units: which }))
        const ceiling = right(linearCeiling(t))[which].linear
        expect(curve).toHaveLength(t.columns.length)
        expect(Math.abs(curve.at(-1)!.logLikelihood.value - ceiling.value)).toBeLessThan(1e-9)
        expect(curve.at(-1)!.logLikelihood.standardError).toBeCloseTo(ceiling.standardError, 9)
        expect(curve.at(-1)!.gap).toBe(0)
        curve.forEach(({ logLikelihood, gap }, q) => {
          expect(Math.abs(ceiling.value - logLikelihood.value - gap)).toBeLessThan(1e-9)
          if (q > 0) expect(gap).toBeLessThanOrEqual(curve[q - 1]!.gap + 1e-12)
        })
      }),
    ))

  test('its gap is (d - q)/2 log of the arithmetic over the geometric mean of the discarded eigenvalues', () => {
    const { curve, eigenvalues } = right(probabilisticPCA(mixed(8, 5, 60), { units: 'original' }))
    for (const { factors, gap, noise } of curve) {
      const rest = Array.from(eigenvalues.slice(factors))
      const geometric = rest.reduce((product, x) => product * x, 1) ** (1 / rest.length)
      expect(noise).toBeCloseTo(mean(rest), 10)
      expect(gap).toBeCloseTo((rest.length / 2) * Math.log(mean(rest) / geometric), 10)
    }
  })

  test.each([1, 2, 3])('is what expectation maximisation converges to, with %d factors', (q) => {
    const t = mixed(21, 5, 80)
    const { curve } = right(probabilisticPCA(t, { units: 'original' }))
    const reached = expectationMaximisation(t, q)
    expect(Math.abs(reached - curve[q]!.logLikelihood.value)).toBeLessThan(1e-6)
    expect(reached).toBeLessThanOrEqual(curve[q]!.logLikelihood.value + 1e-9)
  })

  test.each<PcaUnits>(['standardised', 'original'])('standard errors are the spread over tables, %s', (which) => {
    const found = Array.from({ length: 300 }, (_, seed) => {
      const { data } = normals(seed + 50, [300, 3])
      // Cubes: far from normal.
      const rows = Float64Array.from(data, (z, e) => (e % 3 === 0 ? z : z + 0.4 * data[e - (e % 3)]! ** 3))
      return right(probabilisticPCA({ columns: ['a', 'b', 'c'], rows: 300, data: rows }, { units: which })).curve[1]!
        .logLikelihood
    })
    const center = mean(found.map(({ value }) => value))
    const spread = Math.sqrt(mean(found.map(({ value }) => (value - center) ** 2)))
    const stated = Math.sqrt(mean(found.map(({ standardError }) => standardError ** 2)))
    expect(Math.abs(stated / spread - 1)).toBeLessThan(0.2)
  })

  test('a table without a density is refused as by the linear ceiling', () => {
    expect(left(probabilisticPCA({ columns: ['a', 'b'], rows: 2, data: Float64Array.of(1, 2, 2, 1) }))._tag).toBe(
      'TooFewRows',
    )
    expect(() => right(probabilisticPCA(mixed(1, 3, 20))).fit(3)).toThrow(/from 0 to 2, got 3/)
  })
})

/**
 * Tipping & Bishop 1999, equations 29 and 30, from a start that knows nothing; the likelihood by elimination on the
 * whole covariance. Shares no step with the closed form.
 */
const expectationMaximisation = (t: Dataset, q: number): number => {
  const d = t.columns.length
  const at = (x: Matrix, i: number, j: number): number => x.data[i * x.columns + j]!
  interface Matrix {
    readonly columns: number
    readonly data: readonly number[]
  }
  const make = (rows: number, columns: number, f: (i: number, j: number) => number): Matrix => ({
    columns,
    data: Array.from({ length: rows * columns }, (_, e) => f(Math.floor(e / columns), e % columns)),
  })
  const rowsOf = (x: Matrix): number => x.data.length / x.columns
  const transposed = (x: Matrix): Matrix => make(x.columns, rowsOf(x), (i, j) => at(x, j, i))
  const times = (x: Matrix, y: Matrix): Matrix =>
    make(rowsOf(x), y.columns, (i, j) => {
      let sum = 0
      for (let k = 0; k < x.columns; k++) sum += at(x, i, k) * at(y, k, j)
      return sum
    })
  /** Gauss and Jordan; the determinant beside it. Matrices here are positive definite, so without pivots. */
  const inverse = (x: Matrix): { readonly inverse: Matrix; readonly logDet: number } => {
    const n = x.columns
    const rows = Array.from({ length: n }, (_, i) =>
      Array.from({ length: 2 * n }, (_, j) => (j < n ? at(x, i, j) : Number(j - n === i))),
    )
    let logDet = 0
    for (let k = 0; k < n; k++) {
      const pivot = rows[k]![k]!
      logDet += Math.log(pivot)
      rows[k] = rows[k]!.map((v) => v / pivot)
      for (let i = 0; i < n; i++) {
        const factor = rows[i]![k]!
        if (i !== k) rows[i] = rows[i]!.map((v, j) => v - factor * rows[k]![j]!)
      }
    }
    return { inverse: make(n, n, (i, j) => rows[i]![n + j]!), logDet }
  }
  const centre = Array.from({ length: d }, (_, j) => mean(t.data.filter((_, e) => e % d === j)))
  const s = make(d, d, (i, j) => {
    let sum = 0
    for (let n = 0; n < t.rows; n++) sum += (t.data[n * d + i]! - centre[i]!) * (t.data[n * d + j]! - centre[j]!)
    return sum / t.rows
  })
  const trace = (x: Matrix): number =>
    Array.from({ length: x.columns }, (_, i) => at(x, i, i)).reduce((a, b) => a + b, 0)
  let w = make(d, q, (i, j) => Math.sin(1 + i + 3 * j))
  let noise = 1
  for (let step = 0; step < 3000; step++) {
    const m = inverse(make(q, q, (i, j) => at(times(transposed(w), w), i, j) + (i === j ? noise : 0))).inverse
    const sw = times(s, w)
    const inner = times(times(m, transposed(w)), sw)
    const next = times(sw, inverse(make(q, q, (i, j) => at(inner, i, j) + (i === j ? noise : 0))).inverse)
    noise = (trace(s) - trace(times(times(sw, m), transposed(next)))) / d
    w = next
  }
  const c = inverse(make(d, d, (i, j) => at(times(w, transposed(w)), i, j) + (i === j ? noise : 0)))
  return -0.5 * (d * Math.log(2 * Math.PI) + c.logDet + trace(times(c.inverse, s)))
}

describe('the closed-form fit', () => {
  const t = mixed(3, 4, 50)
  const pca = right(probabilisticPCA(t))
  const { mean: m, standardDeviation } = right(momentsOf(t))

  test.each([0, 1, 3])(
    'is one density as a distribution, as a base and as a last layer, with %d factors',
    async (q) => {
      const { distribution, layer, params } = pca.fit(q)
      const first = standardise(4, { mean: m, standardDeviation })
      const start = {
        mean: { data: m, shape: [4] },
        logDeviation: { data: standardDeviation.map(Math.log), shape: [4] },
      }
      const asBase = over(distribution)(first) as unknown as Flow
      const asLayer = over(standardNormal(4))(andThen(layer)(first)) as unknown as Flow
      const engine = await open('reference')
      const a = await logDensities(asBase, { bijector: start, base: params } as never, t, { engine })
      const b = await logDensities(asLayer, { bijector: [start, params], base: {} } as never, t, { engine })
      engine.dispose()
      const own = logProbs(distribution as unknown as Distribution, params as never, inUnits(t, 'standardised'))
      const units = standardDeviation.reduce((sum, sd) => sum + Math.log(sd), 0)
      a.forEach((x, i) => {
        expect(Math.abs(x - b[i]!)).toBeLessThan(1e-10)
        expect(Math.abs(x + units - own[i]!)).toBeLessThan(1e-10)
      })
    },
  )

  test('whitens its rows: latents have mean 0, and second moment 1 on average over the columns', () => {
    const { layer, params } = pca.fit(2)
    const rows = inUnits(t, 'standardised')
    const z = toRows(
      evaluateAt(({ params: p, x }) => layer.forward(p, x, {}).value, {
        params: params as { readonly [k: string]: HostArray },
        x: fromRows(rows, t.rows, [4]),
      } as never) as HostArray & { readonly lanes: number },
    )
    for (let j = 0; j < 4; j++) expect(mean(z.filter((_, e) => e % 4 === j))).toBeCloseTo(0, 12)
    expect(mean(z.map((x) => x * x))).toBeCloseTo(1, 12)
  })

  test('is where a training with it as base has nothing left to gain', () => {
    const { distribution, params } = pca.fit(2)
    const rows = inUnits(t, 'standardised')
    const flow = over(distribution)(affine(4))
    expect(flow.base.spec.kind).toBe('probabilisticPCA')
    const best = mean(logProbs(distribution as unknown as Distribution, params as never, rows))
    const moved = (name: 'mean' | 'weights' | 'logNoise', e: number, by: number): number => {
      const array = params[name]!
      const data = Float64Array.from(array.data, (x, at) => (at === e ? x + by : x))
      return mean(
        logProbs(distribution as unknown as Distribution, { ...params, [name]: { ...array, data } } as never, rows),
      )
    }
    for (const name of ['mean', 'weights', 'logNoise'] as const)
      for (let e = 0; e < params[name]!.data.length; e++)
        for (const by of [0.03, -0.03]) expect(moved(name, e, by)).toBeLessThan(best)
  })
})

test('on HTRU2 the gaps are those of another implementation: 0.008 nats with six factors of eight', async () => {
  const { train } = splitByModulus(modulusTen)(right(await htru2()()))
  const { curve } = right(probabilisticPCA(train))
  const gaps = [
    5.0029177650384, 3.6443681921508, 2.3549795890336, 1.7518240386565, 1.2562322759465, 0.8216846097662,
    0.0078351297974, 0,
  ]
  curve.forEach(({ gap }, q) => {
    expect(Math.abs(gap - gaps[q]!)).toBeLessThan(1e-9)
  })
})
