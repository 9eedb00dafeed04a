import { constant, type Example, evaluate, evaluateAt, fromRows, jacobian, type Tensor } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bijector } from '../../src/bijector.ts'
import { choleskyLinear } from '../../src/bijectors/cholesky.ts'
import { denseLinear } from '../../src/bijectors/dense.ts'
import { rotation } from '../../src/bijectors/linear/reflections.ts'
import { matrixExponential } from '../../src/bijectors/matrixExponential.ts'
import { qrLinear } from '../../src/bijectors/qr.ts'
import { svdLinear } from '../../src/bijectors/svd.ts'
import { real } from '../../src/domain.ts'
import { initialValues } from '../../src/initial.ts'
import { mapDeclared } from '../../src/parameters.ts'
import { rebuild } from '../../src/rebuild.ts'
import { spectrum } from '../../src/theory/spectrum.ts'
import { logAbsDeterminant } from '../determinant.ts'
import { distance, normals } from '../draws.ts'
import { right } from '../either.ts'
import { type Arrays, drawParameters } from '../parameters.ts'
import { expectBijector } from './expectBijector.ts'

type Layer = Bijector<typeof shape, typeof shape, { readonly shift: Tensor }>
const shape = real(1)
const kinds = {
  denseLinear,
  qrLinear,
  svdLinear,
  choleskyLinear,
  matrixExponential,
} as const
const layers = Object.entries(kinds).map(([kind, make]) => ({
  kind,
  make: make as unknown as (dim: number) => Layer,
}))
const dims = fc.integer({ min: 1, max: 6 })
const seeds = fc.nat({ max: 1e6 })

/** W by what the layer does to the axes, less the shift. */
const matrixOf = (layer: Layer, params: Arrays<unknown>, d: number): readonly (readonly number[])[] => {
  const j = evaluateAt(
    (inputs) => {
      const { p, x } = inputs as unknown as { readonly p: { readonly shift: Tensor }; readonly x: Example }
      return jacobian((at: Example) => layer.forward(p, at, {}).value)(x)
    },
    { p: params, x: fromRows(new Float64Array(d), 1, [d]) } as never,
  )
  return Array.from({ length: d }, (_, i) => Array.from(j.data.slice(i * d, (i + 1) * d)))
}

/** Values at the start, moved at random. */
const near = (layer: Layer, seed: number, deviation: number): Arrays<unknown> =>
  drawParameters(layer.parameters, seed, deviation, (_, { initial, shape: of }) => {
    const noise = normals(seed + of.length, of, deviation)
    const identity = (initial as { readonly kind: string }).kind === 'identity'
    return { ...noise, data: noise.data.map((v, e) => v + Number(identity && e % (of[0]! + 1) === 0)) }
  }) as Arrays<unknown>
const constants = (layer: Layer, params: Arrays<unknown>): { readonly shift: Tensor } => {
  const leaves = Object.values(params as { readonly [k: string]: { readonly data: Float64Array } })
  return mapDeclared(layer.parameters, ({ parameter: { shape: of } }, i) => constant(leaves[i]!.data, of)) as never
}

describe.each(layers)('$kind', ({ make }) => {
  test('is the identity at the start', () => {
    for (const d of [1, 2, 5]) {
      const layer = make(d)
      const x = constant(Array.from({ length: d }, (_, i) => i + 1)) as Example
      const { value, logDet } = layer.forward(initialValues(layer.parameters, constant([0, 1], [2], 'int')), x, {})
      expect(distance(evaluate(value).data, evaluate(x).data)).toBeLessThan(1e-14)
      expect(Math.abs(evaluate(logDet).data[0]!)).toBe(0)
    }
  })

  test('has directions that undo each other, and the log-determinant of its Jacobian', () =>
    fc.assert(
      fc.property(dims, seeds, (d, seed) => {
        const layer = make(d)
        const { data } = normals(seed, [3, d])
        const rows = [0, 1, 2].map((i) => Array.from(data.slice(i * d, (i + 1) * d)))
        expectBijector(layer as never, near(layer, seed, 0.3) as never, rows, 1e-9)
      }),
      { numRuns: 15 },
    ))

  test('is bounded by its largest and smallest singular values, and maps a box into a box', () =>
    fc.assert(
      fc.property(dims, seeds, (d, seed) => {
        const layer = make(d)
        const params = near(layer, seed, 0.3)
        const w = matrixOf(layer, params, d)
        const gram = Float64Array.from({ length: d * d }, (_, e) =>
          w.reduce((total, row) => total + row[Math.floor(e / d)]! * row[e % d]!, 0),
        )
        const { values } = spectrum(gram, d)
        const region = { lower: new Float64Array(d).fill(-1), upper: new Float64Array(d).fill(2) }
        const bound = layer.lipschitz(constants(layer, params), region)
        expect(bound.forward / Math.sqrt(values[0]!)).toBeCloseTo(1, 8)
        expect(bound.inverse * Math.sqrt(values[d - 1]!)).toBeCloseTo(1, 6)
        const back = layer.lipschitzInverse!(constants(layer, params), bound.image)
        expect(back.forward / bound.inverse).toBeCloseTo(1, 6)
        for (let i = 0; i < d; i++) {
          const reach = w[i]!.reduce((total, v) => total + 1.5 * Math.abs(v), 0)
          expect((bound.image.upper[i]! - bound.image.lower[i]!) / 2).toBeCloseTo(reach, 10)
          expect(back.image.lower[i]!).toBeLessThanOrEqual(-1 + 1e-9)
          expect(back.image.upper[i]!).toBeGreaterThanOrEqual(2 - 1e-9)
        }
      }),
      { numRuns: 10 },
    ))

  test('is rebuilt from its spec', () => {
    const { spec } = make(4)
    expect(right(rebuild(JSON.parse(JSON.stringify(spec)))).spec).toEqual(spec)
  })

  test('refuses to be without coordinates', () => expect(() => make(0)).toThrow(/at least 1/))
})

test('a rotation by d reflections has determinant 1 in even and odd dimensions', () => {
  for (const d of [1, 2, 3, 4, 5]) {
    const { data } = evaluate(rotation(constant(Float64Array.from(normals(d, [d, d]).data), [d, d])))
    const rows = Array.from({ length: d }, (_, i) => Array.from(data.slice(i * d, (i + 1) * d)))
    expect(Math.abs(logAbsDeterminant(rows))).toBeLessThan(1e-12)
    if (d <= 2) expect(d === 1 ? rows[0]![0] : rows[0]![0]! * rows[1]![1]! - rows[0]![1]! * rows[1]![0]!).toBeCloseTo(1)
  }
})

test('a triangle reads only the coordinates before', () => {
  const layer = choleskyLinear(4) as unknown as Layer
  const w = matrixOf(layer, near(layer, 5, 1), 4)
  for (let i = 0; i < 4; i++) for (let j = i + 1; j < 4; j++) expect(w[i]![j]).toBe(0)
})

test('a singular weight gives -∞', () => {
  const params = { weight: constant([[1, 2], [2, 4]]), shift: constant([0, 0]) } // biome-ignore format: a matrix
  expect(evaluate(denseLinear(2).forward(params, constant([1, 1]), {}).logDet).data[0]).toBe(-Infinity)
})
