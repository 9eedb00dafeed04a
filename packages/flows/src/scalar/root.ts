import {
  add,
  and,
  applyExpression,
  div,
  type Example,
  type Expression,
  equal,
  filled,
  finite,
  lanes,
  less,
  lessEqual,
  max,
  mul,
  nodeOf,
  or,
  reshape,
  stopGradient,
  sub,
  until,
  where,
} from '@diffeo/autodiff'
import type { Monotone } from './monotone.ts'
import type { Ends } from './undo.ts'

/**
 * The x in the domain with f(x) = z, coordinate by coordinate: a bracket that grows from the middle where the domain
 * has no end, then Newton steps, halving where a step would leave the bracket, until no coordinate moves.
 *
 * Derivatives in z and in the other arguments are those of the implicit function: the search itself is not
 * differentiated, two more Newton steps are, which makes first, second and third derivatives exact at the root.
 */
export const rootOf = (
  expression: Expression,
  { derivative, increasing }: Monotone,
  domain: Ends,
  z: Example,
  others: readonly Example[],
): Example => {
  const at = (e: Expression, x: Example): Example => applyExpression(e, [x, ...others].map(nodeOf))
  const below = (x: Example): Example => {
    const value = at(expression, x)
    return increasing ? lessEqual(value, z) : lessEqual(z, value)
  }
  const newton = (x: Example): Example => sub(x, div(sub(at(expression, x), z), at(derivative, x)))
  const [lower, upper] = bracket(below, domain, likeAll(z, others))

  const halfway = (a: Example, b: Example): Example => add(mul(0.5, a), mul(0.5, b))
  const far = likeAll(z, others)(Infinity)
  const [found] = until<Search>(
    200,
    { lower, upper, x: halfway(lower, upper), last: far, beforeLast: far },
    // Two neighbouring numbers may take turns, so one before the last counts too.
    ({ x, last, beforeLast }) => equal(largest(where(and(differ(x, last), differ(x, beforeLast)), 1, 0)), 0),
    ({ lower: lo, upper: hi, x, last }) => {
      const left = below(x)
      const [from, to] = [where(left, x, lo), where(left, hi, x)]
      const step = newton(x)
      const inside = and(finite(step), and(lessEqual(from, step), lessEqual(step, to)))
      return { lower: from, upper: to, x: where(inside, step, halfway(from, to)), last: x, beforeLast: last }
    },
  )
  const polished = (x: Example): Example => {
    const step = newton(x)
    return where(finite(step), step, x)
  }
  return polished(polished(stopGradient(found.x)))
}

interface Search {
  readonly lower: Example
  readonly upper: Example
  readonly x: Example
  readonly last: Example
  readonly beforeLast: Example
}

/** Numbers on both sides of the root; an end of the domain is one by itself. */
const bracket = (
  below: (x: Example) => Example,
  [lower, upper]: Ends,
  like: (value: number) => Example,
): readonly [Example, Example] => {
  const grow = (origin: number, direction: number, beyond: (x: Example) => Example): Example => {
    const [grown] = until<{ readonly x: Example; readonly reach: Example }>(
      60,
      { x: like(origin + direction), reach: like(direction) },
      ({ x }) => equal(largest(where(beyond(x), 0, 1)), 0),
      ({ x, reach }) => {
        const next = mul(4, reach)
        const there = beyond(x)
        return { x: where(there, x, add(origin, next)), reach: where(there, reach, next) }
      },
    )
    return stopGradient(grown.x)
  }
  const low = Number.isFinite(lower) ? like(lower) : grow(Number.isFinite(upper) ? upper : 0, -1, below)
  const high = Number.isFinite(upper)
    ? like(upper)
    : grow(Number.isFinite(lower) ? lower : 0, 1, (x) => less(where(below(x), 1, 0), 0.5))
  return [low, high]
}

/** A number everywhere, varying over the examples where anything in the search does. */
const likeAll =
  (z: Example, others: readonly Example[]) =>
  (value: number): Example => {
    const constant = filled(value, z.shape)
    return [z, ...others].some((x) => nodeOf(x).varies) ? lanes.spread(constant) : constant
  }

/** Smaller or larger: false for NaN, so that a search without a root ends. */
const differ = (a: Example, b: Example): Example => or(less(a, b), less(b, a))

const largest = (x: Example): Example => (x.shape.length === 0 ? x : max(reshape(x, [-1])))
