import { mistake } from '../error.ts'
import { constant, zeros } from '../tensor/constant.ts'
import { add, div, expm1, mul, neg } from '../tensor/elementwise.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { over, overOne, type Tensors } from './optimiser.ts'

/** A running average of parameters along a training. */
export interface MovingAverage {
  init(params: Tensors): Tensors
  /** The state with these parameters counted in. */
  update(state: Tensors, params: Tensors): Tensors
  /** The average; needs at least one update. */
  value(state: Tensors): Tensors
}

interface AverageState {
  readonly step: Tensor
  readonly total: Tensors
}

/**
 * Exponential moving average: parameters of k steps ago count in proportion to decay^k. Weights are normalised, so an
 * average of few steps leans on nothing but those (Kingma & Ba 2015, section 3, the same correction as in Adam).
 *
 * @throws when the decay is outside (0, 1)
 * @see Polyak & Juditsky 1992, Acceleration of stochastic approximation by averaging
 */
export const exponentialMovingAverage = (decay: number): MovingAverage => {
  if (!(decay > 0 && decay < 1))
    mistake(`exponentialMovingAverage: the decay lies strictly between 0 and 1, got ${decay}.`)
  return {
    init: (params) => ({ step: constant(0), total: overOne((p) => zeros(p.shape), params) }),
    update: (state, params) => {
      const before = state as unknown as AverageState
      return {
        step: add(before.step, 1),
        total: over((a, p) => add(mul(decay, a), mul(1 - decay, p)), before.total, params),
      }
    },
    value: (state) => {
      const { step, total } = state as unknown as AverageState
      const weight = neg(expm1(mul(Math.log(decay), step)))
      return overOne((a) => div(a, weight), total)
    },
  }
}
