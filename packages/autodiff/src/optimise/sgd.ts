import { mistake } from '../error.ts'
import { constant, zeros } from '../tensor/constant.ts'
import { add, mul, sub } from '../tensor/elementwise.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { type Optimiser, over, overOne, type Tensors } from './optimiser.ts'
import { type Rate, scheduleOf } from './schedule.ts'

/** Options of `sgd`. */
export interface SgdOptions {
  readonly learningRate: Rate
  /** Share of the last velocity that is kept, in [0, 1); by default 0. */
  readonly momentum?: number
  /** Look ahead along the velocity (Sutskever et al. 2013); by default false. */
  readonly nesterov?: boolean
}

interface SgdState {
  readonly step: Tensor
  readonly velocity?: Tensors
}

/**
 * Steepest descent, with momentum where asked. State: `step`, and `velocity` (a tree like the parameters) with momentum.
 * @throws when the momentum is outside [0, 1)
 */
export const sgd = ({ learningRate, momentum = 0, nesterov = false }: SgdOptions): Optimiser => {
  if (!(momentum >= 0 && momentum < 1)) mistake(`sgd: the momentum is at least 0 and below 1, got ${momentum}.`)
  const rateAt = scheduleOf(learningRate)
  return {
    init: (params) => ({
      step: constant(0),
      ...(momentum > 0 ? { velocity: overOne((p) => zeros(p.shape), params) } : {}),
    }),
    update: (gradients, state, params) => {
      const before = state as unknown as SgdState
      const rate = rateAt(before.step)
      const step = add(before.step, 1)
      const down = (p: Tensor, direction: Tensor): Tensor => sub(p, mul(rate, direction))
      if (!before.velocity) return { params: over(down, params, gradients), state: { step } }
      const velocity = over((v, g) => add(mul(momentum, v), g), before.velocity, gradients)
      const direction = nesterov ? over((g, v) => add(g, mul(momentum, v)), gradients, velocity) : velocity
      return { params: over(down, params, direction), state: { step, velocity } }
    },
  }
}
