import { evaluate, evaluateAt, random } from '@diffeo/autodiff'
import { describe, expect, test } from 'vitest'
import { iaf, initialValues, maf, neuralSplineFlow, realNVP, rebuild } from '../src/index.ts'
import { distance, largest, normalPoints, perLane } from './draws.ts'
import { right } from './either.ts'
import { drawParameters } from './parameters.ts'

const small = { dim: 3, layers: 2, hidden: [6, 5] }
const moments = { mean: [1, -2, 30], standardDeviation: [2, 0.1, 10] }
const flows = {
  realNVP: realNVP({ ...small, standardise: moments }),
  maf: maf({ ...small, standardise: moments, mixing: true }),
  iaf: iaf({ ...small, standardise: moments }),
  'neuralSplineFlow, coupling': neuralSplineFlow({ ...small, standardise: moments, bins: 5, mixing: true }),
  'neuralSplineFlow, autoregressive': neuralSplineFlow({
    ...small,
    standardise: moments,
    bins: 4,
    structure: 'autoregressive',
    passes: 2,
  }),
  'maf of one column': maf({ dim: 1, layers: 2, standardise: false }),
  'neuralSplineFlow of one column': neuralSplineFlow({ dim: 1, structure: 'autoregressive', standardise: false }),
}

describe.each(Object.entries(flows))('%s', (_, flow) => {
  const dim = flow.domain.shape[0]!
  const lanes = 9
  const latent = normalPoints(1, lanes, [dim])

  test('maps latents to data and back, with log-determinants that cancel', () => {
    const params = {
      bijector: drawParameters(flow.parameters, 2, 0.4, (path) =>
        path.endsWith('ready') ? { data: Float64Array.of(1), shape: [] } : undefined,
      ).bijector,
      base: {},
    }
    const found = evaluateAt(
      ({ params: p, z }) => {
        const data = flow.toData(p as never, z)
        const back = flow.toLatent(p as never, data.value)
        return { back: back.value, data: data.logDet, latent: back.logDet, moved: data.value }
      },
      { params: params as never, z: latent },
    )
    expect(distance(found.moved.data, latent.data)).toBeGreaterThan(0.01)
    expect(distance(found.back.data, latent.data)).toBeLessThan(1e-8)
    const sums = perLane(found.data, lanes).map((v, i) => v + perLane(found.latent, lanes)[i]!)
    expect(largest(sums)).toBeLessThan(1e-8)
  })

  test('its spec rebuilds its bijector', () => {
    const stored = JSON.parse(JSON.stringify(flow.bijector.spec)) as typeof flow.bijector.spec
    const again = right(rebuild(stored))
    expect(again.spec).toEqual(flow.bijector.spec)
    expect(again.parameters).toEqual(flow.bijector.parameters)
  })
})

test('without mixing a flow starts as its standardisation: the density is that of independent normals', () => {
  for (const make of [realNVP, maf, iaf, neuralSplineFlow]) {
    const flow = make({ ...small, standardise: moments })
    const x = { data: Float64Array.from([1, -2, 30]), shape: [3], lanes: 1 }
    const params = evaluate(initialValues(flow.parameters, random.key(4)) as never)
    const found = evaluateAt((at) => flow.logProb(at.params as never, at.x), { params: params as never, x })
    const expected = -1.5 * Math.log(2 * Math.PI) - Math.log(2 * 0.1 * 10)
    expect(found.data[0]).toBeCloseTo(expected, 10)
  }
})

test('couplings refuse one column and name maf', () => {
  expect(() => realNVP({ dim: 1 })).toThrow(/maf/)
  expect(() => neuralSplineFlow({ dim: 1 })).toThrow(/maf/)
})

test('refuses to have no layers', () => {
  expect(() => maf({ dim: 2, layers: 0 })).toThrow(/positive whole number, got 0/)
})
