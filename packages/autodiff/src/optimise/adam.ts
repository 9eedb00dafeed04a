import { mistake } from '../error.ts'
import { constant, zeros } from '../tensor/constant.ts'
import { add, div, expm1, mul, neg, sqrt, square, sub } from '../tensor/elementwise.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { type Optimiser, over, overOne, type Tensors } from './optimiser.ts'
import { type Rate, scheduleOf } from './schedule.ts'

/** Options of `adam`. */
export interface AdamOptions {
  /** A number or a schedule; by default 1e-3. */
  readonly learningRate?: Rate
  /** Decay of the mean of the gradients, in [0, 1); by default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of their squares, in [0, 1); by default 0.999. */
  readonly beta2?: number
  /** Added to the root of the second mean; by default 1e-8. */
  readonly epsilon?: number
}

/** Options of `adamW`: those of `adam`, and the decay of the weights. */
export interface AdamWOptions extends AdamOptions {
  /** Share of each parameter that a step with learning rate 1 would take away; by default 1e-2. */
  readonly weightDecay?: number
}

interface AdamState {
  readonly step: Tensor
  readonly first: Tensors
  readonly second: Tensors
}

/**
 * Adam: steps along a running mean of the gradients over the root of one of their squares, both corrected for their
 * start at 0.
 *
 * State: `step` (`[]`, steps taken), `first` and `second` (trees like the parameters).
 *
 * @throws when a decay is outside [0, 1)
 * @see Kingma & Ba 2015, Adam: a method for stochastic optimization, algorithm 1
 */
export const adam = (options: AdamOptions = {}): Optimiser => adamW({ ...options, weightDecay: 0 })

/**
 * Adam with the decay of the weights outside the adapted step.
 *
 * @see Loshchilov & Hutter 2019, Decoupled weight decay regularization, algorithm 2
 */
export const adamW = (options: AdamWOptions = {}): Optimiser => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 1e-2 } = options
  for (const beta of [beta1, beta2])
    if (!(beta >= 0 && beta < 1)) mistake(`adam: decays are at least 0 and below 1, got ${beta}.`)
  const rateAt = scheduleOf(learningRate)
  return {
    init: (params) => ({
      step: constant(0),
      first: overOne((p) => zeros(p.shape), params),
      second: overOne((p) => zeros(p.shape), params),
    }),
    update: (gradients, state, params) => {
      const before = state as unknown as AdamState
      const step = add(before.step, 1)
      const first = over((m, g) => add(mul(beta1, m), mul(1 - beta1, g)), before.first, gradients)
      const second = over((v, g) => add(mul(beta2, v), mul(1 - beta2, square(g))), before.second, gradients)
      const rate = rateAt(before.step)
      const scale = div(rate, uncounted(beta1, step))
      const correction = uncounted(beta2, step)
      const moved = over(
        (p, m, v) => {
          const along = div(mul(scale, m), add(sqrt(div(v, correction)), epsilon))
          const kept = weightDecay === 0 ? p : sub(p, mul(mul(rate, weightDecay), p))
          return sub(kept, along)
        },
        params,
        first,
        second,
      )
      return { params: moved, state: { step, first, second } }
    },
  }
}

/** 1 - β^t, by expm1: the difference itself would lose four digits of float32 at the first steps. */
const uncounted = (beta: number, step: Tensor): Tensor =>
  beta === 0 ? constant(1) : neg(expm1(mul(Math.log(beta), step)))
