import { constant, type Example, evaluate } from '@diffeo/autodiff'
import { type Region, unbounded } from '../../bijector.ts'
import { real } from '../../domain.ts'

/**
 * A box that holds scale · x + m(x) for all x of a box, where m stretches by no more than `stretch`: m is known in the
 * middle, and moves no further from there than the corners are away.
 */
export const movedBox = (
  { lower, upper }: Region,
  scale: number,
  stretch: number,
  m: (x: Example) => Example,
): Region => {
  const centre = lower.map((low, i) => low / 2 + upper[i]! / 2)
  const reach = stretch * Math.hypot(...lower.map((low, i) => upper[i]! / 2 - low / 2))
  if (!(Number.isFinite(reach) && centre.every(Number.isFinite))) return unbounded(real(lower.length)).image
  const moves = evaluate(m(constant(centre) as Example)).data
  return {
    lower: lower.map((low, i) => scale * low + moves[i]! - reach),
    upper: upper.map((high, i) => scale * high + moves[i]! + reach),
  }
}
