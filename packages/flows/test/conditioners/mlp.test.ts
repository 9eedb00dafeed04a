import { type Example, evaluateAt, fromRows, type HostArray, jacobian } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mlp } from '../../src/conditioners/mlp.ts'
import { drawParameters } from '../../src/laws/parameters.ts'
import { singularValues } from '../../src/theory/singularValues.ts'
import { normals } from '../draws.ts'

const POINTS = 20
/** Largest singular value of the Jacobian at random points, from a network of `[3]` to `[3]`. */
const stretchOf = (conditioner: ReturnType<typeof mlp>, seed: number, spread: number): number => {
  const network = conditioner.network(3, 3)
  const { data } = (evaluateAt as unknown as (f: unknown, inputs: unknown) => HostArray)(
    ({ p, x }: { readonly p: unknown; readonly x: Example }) =>
      jacobian((v: Example) => network.apply(p, v, undefined))(x),
    {
      p: drawParameters({ tree: network.parameters }, seed, spread),
      x: fromRows(normals(seed + 1, [POINTS, 3], 3).data, POINTS, [3]),
    },
  )
  const at = (lane: number): number =>
    singularValues(
      Float64Array.from({ length: 9 }, (_, e) => data[e * POINTS + lane]!),
      3,
    )[0]!
  return Array.from({ length: POINTS }, (_, lane) => at(lane)).reduce((a, b) => Math.max(a, b))
}

describe('a perceptron with a Lipschitz limit', () => {
  test('stretches by no more than it, whatever its weights and its activation', () =>
    fc.assert(
      fc.property(
        fc.nat({ max: 1000 }),
        fc.constantFrom('relu', 'tanh', 'silu', 'gelu'),
        fc.constantFrom(0.1, 1, 5),
        fc.constantFrom(0.3, 3),
        (seed, activation, lipschitz, spread) => {
          expect(stretchOf(mlp([6, 5], { activation, lipschitz }), seed, spread)).toBeLessThanOrEqual(
            lipschitz * (1 + 1e-9),
          )
        },
      ),
      { numRuns: 24 },
    ))

  test('is the same network without a limit where it is far below it, and a smaller one above', () => {
    const plain = stretchOf(mlp([6], { activation: 'tanh' }), 1, 1)
    expect(stretchOf(mlp([6], { activation: 'tanh', lipschitz: 1e6 }), 1, 1)).toBe(plain)
    expect(stretchOf(mlp([6], { activation: 'tanh', lipschitz: plain / 4 }), 1, 1)).toBeLessThanOrEqual(plain / 4)
  })

  test('is part of what is saved, and absent where there is none', () => {
    expect(mlp([4], { lipschitz: 2 }).spec.options).toMatchObject({ lipschitz: 2 })
    expect(mlp([4]).spec.options).toEqual({ hidden: [4], activation: 'relu', context: 0 })
    expect(() => mlp([4], { lipschitz: 0 })).toThrow('lipschitz is a positive number')
  })
})
