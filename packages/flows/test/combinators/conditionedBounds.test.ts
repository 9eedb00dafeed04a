import { describe, expect, test } from 'vitest'
import type { Bijector } from '../../src/bijector.ts'
import {
  affineTransform,
  alternating,
  autoregressive,
  coupling,
  maskedMlp,
  mlp,
  rationalQuadraticSpline,
} from '../../src/index.ts'
import { constantsOf, expectBounds } from '../bijectors/stretch.ts'
import { drawParameters } from '../parameters.ts'

const box = (half: number) => ({
  lower: Float64Array.of(-half, 0.5 - half, 1 - half),
  upper: Float64Array.of(half, 0.5 + half, 1 + half),
})
const spline = rationalQuadraticSpline({ bins: 4, tails: 2 })
const layers = (activation: 'relu' | 'tanh' | 'silu' | 'gelu'): readonly (readonly [string, Bijector])[] =>
  [affineTransform({ bound: 2 }), spline].flatMap((transform) => [
    [
      `coupling, ${transform.spec.kind}`,
      coupling({ mask: alternating(3, 1), transform, conditioner: mlp([5, 4], { activation }) }) as unknown as Bijector,
    ],
    [
      `autoregressive, ${transform.spec.kind}`,
      autoregressive({
        dim: 3,
        transform,
        conditioner: maskedMlp([6, 6], { activation }),
        order: [2, 0, 1],
      }) as unknown as Bijector,
    ],
    [
      `autoregressive in two passes, ${transform.spec.kind}`,
      autoregressive({
        dim: 3,
        transform,
        conditioner: maskedMlp([6], { activation }),
        passes: 2,
      }) as unknown as Bijector,
    ],
  ])

describe.each(['relu', 'tanh', 'silu', 'gelu'] as const)('with %s in the network', (activation) => {
  test.each(layers(activation))('%s keeps within its bounds on small boxes and large ones, both ways', (_, layer) => {
    for (const [seed, half] of [0.01, 0.5, 3].entries())
      expectBounds(layer, drawParameters(layer.parameters, seed, 0.6), box(half), seed)
  })
})

test('the smaller the box, the tighter the bounds; the image of a point is a point', () => {
  const [, layer] = layers('tanh')[1]!
  const params = constantsOf(drawParameters(layer.parameters, 4, 0.6))
  const bounds = [3, 0.5, 0.05, 0].map((half) => layer.lipschitz(params, box(half)))
  for (let i = 1; i < bounds.length; i++) {
    expect(bounds[i]!.forward).toBeLessThanOrEqual(bounds[i - 1]!.forward)
    expect(bounds[i]!.inverse).toBeLessThanOrEqual(bounds[i - 1]!.inverse)
  }
  const { image } = bounds.at(-1)!
  image.lower.forEach((low, i) => {
    expect(image.upper[i]! - low).toBeLessThan(1e-9)
  })
})

test('with a context, whose values are not known, there is no bound', () => {
  const layer = coupling({ dim: 3, transform: spline, conditioner: mlp([4], { context: 2 }) }) as unknown as Bijector
  const params = constantsOf(drawParameters(layer.parameters, 1))
  expect(layer.lipschitz(params, box(1))).toMatchObject({ forward: Infinity, inverse: Infinity })
})
