import { mistake } from '../error.ts'
import { add, clamp, cos, div, less, mul, where } from '../tensor/elementwise.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** A positive quantity, usually the learning rate, by the number of steps already taken (`[]`, float, 0 at the first). */
export type Schedule = (step: Tensor) => Tensor | number

/** A number where a schedule is wanted is the constant schedule. */
export type Rate = number | Schedule

export const scheduleOf = (rate: Rate): Schedule => (typeof rate === 'number' ? constantRate(rate) : rate)

/** The same rate at every step. */
export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate

/** Options of `cosine`. */
export interface CosineOptions {
  /** The value at step 0. */
  readonly peak: number
  /** Steps until the end value is reached; it stays there afterwards. */
  readonly steps: number
  /** The end value, by default 0. */
  readonly end?: number
}

/**
 * Half a cosine from `peak` down to `end`: end + (peak - end) · (1 + cos(π t / steps)) / 2.
 *
 * @see Loshchilov & Hutter 2017, SGDR, equation 5 without restarts
 */
export const cosine = ({ peak, steps, end = 0 }: CosineOptions): Schedule => {
  if (!(steps > 0)) mistake(`cosine: the number of steps is positive, got ${steps}.`)
  return (step) => add(end, mul((peak - end) / 2, add(1, cos(mul(Math.PI, clamp(div(step, steps), 0, 1))))))
}

/**
 * A linear rise over the first `steps` steps before another schedule: step t < steps takes (t + 1) / steps of the first
 * value of `next`, so that the first step already moves; after them `next` begins at its own step 0.
 *
 * @example
 * warmup(100, cosine({ peak: 1e-3, steps: 10_000 }))
 */
export const warmup = (steps: number, next: Rate): Schedule => {
  if (!(Number.isInteger(steps) && steps >= 0)) mistake(`warmup: a whole number of steps from 0, got ${steps}.`)
  const after = scheduleOf(next)
  return (step) => {
    if (steps === 0) return after(step)
    const since = add(step, -steps)
    const later = where(less(since, 0), 0, since)
    const rise = where(less(step, steps), div(add(step, 1), steps), 1)
    return mul(rise, after(later))
  }
}
