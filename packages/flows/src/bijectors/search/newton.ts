import {
  abs,
  and,
  div,
  type Example,
  fixedPoint,
  jacobian,
  lanes,
  less,
  lessEqual,
  matmul,
  max,
  maximum,
  minimum,
  mul,
  nodeOf,
  ones,
  or,
  solve,
  sqrt,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tree,
  until,
  where,
  zeros,
} from '@diffeo/autodiff'
import { identityMatrix } from '../linear/identityMatrix.ts'

/** Rounds at most: a handful near a solution, some dozens from far away where the Jacobian changes suddenly. */
const ROUNDS = 300
/** Of the last steps, which only settle rounding and carry the derivatives. */
const POLISHING = 6
/** What a share is divided by where it was too much, and multiplied with where it was not. */
const CHANGE = 4
/** The smallest share of Newton's step. */
const LEAST = CHANGE ** -10

interface State {
  readonly x: Example
  /** f(x) - z */
  readonly gap: Example
  readonly size: Example
  /** How much of Newton's step is tried. */
  readonly share: Example
  /** 1 where no step made the gap smaller: rounding is reached. */
  readonly still: Example
}

/**
 * The x with f(x) = z for a map of `[d]` with a regular Jacobian everywhere, by Newton's method: of its step the largest
 * share (1, 1/4, …) that makes the gap |f(x) - z| smaller in proportion. Where none does, the step is
 * x - step · (f(x) - z), which the caller promises to make the gap smaller by a fixed share of it; so it ends at rounding,
 * from any start.
 *
 * Derivatives of any order are those of the implicit function: of the fixed point of x - J⁻¹ (f(x) - z), which is the
 * same for every regular matrix in place of J⁻¹.
 *
 * @see Dennis & Schnabel 1996, Numerical methods for unconstrained optimization and nonlinear equations, section 6.5
 */
export const undone = <P>(
  f: (params: P, x: Example) => Example,
  params: P,
  z: Example,
  step: (params: P) => Tensor | number,
): Example => {
  const still = tree.map((p) => stopGradient(p as never), params) as P
  const [target, at] = [stopGradient(z), (x: Example) => f(still, x)]
  const slow = step(still)
  const gapAt = (x: Example): Example => sub(at(x), target)
  const first = gapAt(target)
  // What varies in later rounds has to from the first on.
  const alike = (x: Example): Example => (nodeOf(first).varies ? lanes.spread(x as Tensor) : x)
  const [{ x: found }] = until<State>(
    ROUNDS,
    { x: alike(target), gap: first, size: lengthOf(first), share: alike(ones([])), still: alike(zeros([])) },
    ({ still: ended }) => less(0, ended),
    ({ x, gap, size, share }) => {
      const fast = sub(x, mul(share, solve(jacobian(at)(x), gap)))
      const fastGap = gapAt(fast)
      const works = lessEqual(lengthOf(fastGap), mul(sub(1, mul(0.25, share)), size))
      const slower = sub(x, mul(slow, gap))
      const next = where(works, fast, slower)
      const nextGap = where(works, fastGap, gapAt(slower))
      const nextSize = lengthOf(nextGap)
      const better = less(nextSize, size)
      // A share that no longer moves x: its gap is rounding.
      const tries = and(less(LEAST, share), less(0, max(abs(sub(fast, x)))))
      return {
        x: where(better, next, x),
        gap: where(better, nextGap, gap),
        size: where(better, nextSize, size),
        share: where(works, minimum(1, mul(CHANGE, share)), maximum(LEAST, div(share, CHANGE))),
        still: where(or(better, tries), 0, 1),
      }
    },
  )
  const back = stopGradient(solve(jacobian(at)(found), identityMatrix(z.shape[0]!)))
  return fixedPoint((x: Example) => sub(x, matmul(back, sub(f(params, x), z))), found, POLISHING)
}

/** Euclidean length, without overflow. */
const lengthOf = (x: Example): Example => {
  const largest = max(abs(x))
  const scale = where(less(0, largest), largest, 1)
  const scaled = div(x, scale)
  return mul(scale, sqrt(sum(mul(scaled, scaled))))
}
