import {
  abs,
  div,
  type Example,
  fixedPoint,
  jacobian,
  lanes,
  less,
  lessEqual,
  matmul,
  max,
  mul,
  nodeOf,
  not,
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

/** Rounds at most: Newton's method takes about six near a solution, and a slow step is only taken far from one. */
const ROUNDS = 200
/** Of the last steps, which only settle rounding and carry the derivatives. */
const POLISHING = 12

interface State {
  readonly x: Example
  /** f(x) - z */
  readonly gap: Example
  readonly size: Example
  /** 1 where no step made the gap smaller: rounding is reached. */
  readonly still: Example
}

/**
 * The x with f(x) = z for a map of `[d]` with a regular Jacobian everywhere, by Newton's method, safeguarded: a step that
 * does not halve the gap |f(x) - z| gives way to x - step · (f(x) - z), which the caller promises to make it smaller by a
 * fixed share. So it ends at rounding, from any start.
 *
 * Derivatives of any order are those of the implicit function: of the fixed point of x - J⁻¹ (f(x) - z), which is the
 * same for every regular matrix in place of J⁻¹.
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
    { x: alike(target), gap: first, size: lengthOf(first), still: alike(zeros([])) },
    ({ still: ended }) => less(0, ended),
    ({ x, gap, size }) => {
      const fast = sub(x, solve(jacobian(at)(x), gap))
      const fastGap = gapAt(fast)
      const halves = lessEqual(lengthOf(fastGap), mul(0.5, size))
      const slower = sub(x, mul(slow, gap))
      const next = where(halves, fast, slower)
      const nextGap = where(halves, fastGap, gapAt(slower))
      const nextSize = lengthOf(nextGap)
      const better = less(nextSize, size)
      return {
        x: where(better, next, x),
        gap: where(better, nextGap, gap),
        size: where(better, nextSize, size),
        still: where(not(better), 1, 0),
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
