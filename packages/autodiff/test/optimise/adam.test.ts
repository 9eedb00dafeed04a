import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adam, adamW, constant, evaluate, type Optimiser, type Tensor } from '../../src/index.ts'

type Params = { readonly w: Tensor; readonly net: readonly Tensor[] }

/** Runs the optimiser on given gradients; parameters [2] and []. */
const run = (optimiser: Optimiser, start: readonly number[], gradients: readonly (readonly number[])[]): number[] => {
  const tree = (v: readonly number[]): Params => ({ w: constant([v[0]!, v[1]!]), net: [constant(v[2]!)] })
  let params = tree(start)
  let state = optimiser.init(params)
  for (const g of gradients) ({ params, state } = optimiser.update(tree(g), state, params))
  return [...evaluate(params.w).data, ...evaluate(params.net[0]!).data]
}

const number = fc.double({ min: -5, max: 5, noNaN: true })
const triple = fc.array(number, { minLength: 3, maxLength: 3 })

/** Algorithm 1 of Kingma & Ba, and algorithm 2 of Loshchilov & Hutter where there is decay, one number at a time. */
const byHand = (start: number, gradients: readonly number[], rate: number, b1: number, b2: number, decay: number) => {
  let [theta, m, v] = [start, 0, 0]
  gradients.forEach((g, i) => {
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    const mHat = m / (1 - b1 ** (i + 1))
    const vHat = v / (1 - b2 ** (i + 1))
    theta -= rate * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * theta)
  })
  return theta
}

describe('adam', () => {
  test('follows the published algorithm step by step', () =>
    fc.assert(
      fc.property(
        triple,
        fc.array(triple, { minLength: 1, maxLength: 12 }),
        fc.record({
          rate: fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
          beta1: fc.double({ min: 0, max: 0.99, noNaN: true }),
          beta2: fc.double({ min: 0.1, max: 0.9999, noNaN: true }),
          decay: fc.constantFrom(0, 0.1),
        }),
        (start, gradients, { rate, beta1, beta2, decay }) => {
          const moved = run(adamW({ learningRate: rate, beta1, beta2, weightDecay: decay }), start, gradients)
          moved.forEach((x, k) => {
            const expected = byHand(
              start[k]!,
              gradients.map((g) => g[k]!),
              rate,
              beta1,
              beta2,
              decay,
            )
            expect(Math.abs(x - expected)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)))
          })
        },
      ),
      { numRuns: 40 },
    ))

  test('the first step has the length of the learning rate, whatever the size of the gradient', () => {
    const moved = run(adam({ learningRate: 0.1 }), [0, 0, 0], [[1e-3, -7e4, 2]])
    expect(moved[0]).toBeCloseTo(-0.1, 5)
    expect(moved[1]).toBeCloseTo(0.1, 10)
    expect(moved[2]).toBeCloseTo(-0.1, 8)
  })

  test('a gradient that is always 0 moves nothing, to the bit', () => {
    expect(run(adam(), [0.1, -3, 7], Array(5).fill([0, 0, 0]))).toEqual([0.1, -3, 7])
  })

  test('a schedule sees the number of steps already taken', () => {
    const optimiser = adam({ learningRate: (step) => step, beta1: 0, beta2: 0, epsilon: 0 })
    // Rates 0, 1, 2 along unit steps.
    expect(run(optimiser, [0, 0, 0], Array(3).fill([1, -1, 2]))).toEqual([-3, 3, -3])
  })

  test('a decay outside [0, 1) throws', () => {
    expect(() => adam({ beta2: 1 })).toThrow(/below 1/)
  })
})
