import { describe, expect, test } from 'vitest'
import { constant, evaluate, type Optimiser, sgd, type Tensor } from '../../src/index.ts'

const run = (optimiser: Optimiser, gradients: readonly number[]): number => {
  let params: readonly Tensor[] = [constant(0)]
  let state = optimiser.init(params)
  for (const g of gradients) ({ params, state } = optimiser.update([constant(g)], state, params))
  return evaluate(params[0]!).data[0]!
}

describe('sgd', () => {
  test('without momentum moves by the rate times the sum of the gradients', () => {
    expect(run(sgd({ learningRate: 0.5 }), [1, 2, -4])).toBe(0.5)
  })

  test('with momentum a gradient counts 1 + μ + μ² + … times', () => {
    expect(run(sgd({ learningRate: 1, momentum: 0.5 }), [8, 0, 0, 0])).toBe(-(8 + 4 + 2 + 1))
  })

  test('Nesterov momentum is one step ahead of plain momentum on a single gradient', () => {
    expect(run(sgd({ learningRate: 1, momentum: 0.5, nesterov: true }), [8, 0, 0])).toBe(-(8 + 4 + 2 + 1))
  })

  test('a momentum of 1 throws', () => {
    expect(() => sgd({ learningRate: 1, momentum: 1 })).toThrow(/below 1/)
  })
})
