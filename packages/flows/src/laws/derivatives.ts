import {
  abs,
  add,
  div,
  type Example,
  grad,
  jvp,
  lanes,
  mul,
  random,
  sub,
  sum,
  type Tensor,
  tree,
  vjp,
} from '@diffeo/autodiff'
import type { Bijector, Given } from '../bijector.ts'
import { approximates, type Claim, equal, finite, onTarget } from './claim.ts'
import { type Law, type LawOptions, law } from './law.ts'

/** Point and parameters, each example with its own copy, so that every gradient is one number for each point. */
interface At {
  readonly params: unknown
  readonly x: Example
}
interface Out {
  readonly value: Example
  readonly logDet: Example
}

const spread = (params: unknown): unknown => tree.map((p) => lanes.spread(p as Tensor), params)
const forward =
  (b: Bijector, given: Given) =>
  (at: At): Out =>
    b.forward(at.params, at.x, given)

/** Normal noise in the structure of a tree, different at every point and the same whichever points are judged with it. */
const noiseLike = <P>(p: P, given: Given, stream: number): P => {
  const key = random.foldIn(given.key!, stream)
  let leaf = 0
  return tree.map((x) => random.normal(random.foldIn(key, leaf++), x.shape), p)
}

const dot = (a: unknown, b: unknown): Example => {
  const left = tree.flatten(a)
  const right = tree.flatten(b)
  return left.reduce<Example>((total, { value }, i) => add(total, sum(mul(value, right[i]!.value))), lanes.spread(zero))
}
const zero = sub(0, 0) as Tensor

/** Gradients of value and log-determinant by point and parameters are finite wherever these are. Catches a NaN from a branch that is not taken. For compositions in float64 alone: the chain rule may leave float32 in the middle. */
export const hasFiniteGradients = (b: Bijector, options?: LawOptions): Law =>
  law('gradients are finite', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const at: At = { params: spread(params), x }
      const f = forward(b, given)
      const { value, logDet } = f(at)
      const gradients = grad((p: At) => {
        const out = f(p)
        return add(sum(mul(out.value, noiseLike(out.value, given, 1))), out.logDet) as never
      })(at)
      return tree.flatten(gradients).map(({ path, value: g }): Claim => finite(`∂/∂${path}`, g, [value, logDet]))
    },
  })

/** ⟨u, J v⟩ = ⟨Jᵀu, v⟩: forward and reverse mode are transposes of one another. */
export const modesAgree = (b: Bijector, options?: LawOptions): Law =>
  law('forward and reverse derivatives are transposes', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const at: At = { params: spread(params), x }
      const f = forward(b, given)
      const v = noiseLike(at, given, 2)
      const [out, moved] = jvp(f, at, v)
      const u = noiseLike(out, given, 3)
      const [, pull] = vjp(f, at)
      return [equal('⟨u, J v⟩', dot(u, moved), dot(pull(u), v), [out.value, out.logDet])]
    },
  })

/**
 * Derivatives along a random direction, in forward and in reverse mode, by point and parameters, computed by the engines,
 * and in float32 on the reference, agree with the float64 reference to the rounding of this very computation: what
 * training needs of every target.
 */
export const derivativesAgreeWithReference = (b: Bijector, options?: LawOptions): Law =>
  law('derivatives agree with the reference', {
    ...options,
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const at: At = { params: spread(params), x }
      const f = forward(b, given)
      const v = noiseLike(at, given, 2)
      const [out, moved] = jvp(f, at, v)
      const [, pull] = vjp(f, at)
      const along = dot(pull(noiseLike(out, given, 3)), v)
      return [
        onTarget('J v', moved.value, [out.value, out.logDet, moved.value]),
        onTarget('⟨∇ logDet, v⟩', moved.logDet, [out.value, out.logDet, moved.logDet]),
        onTarget('⟨Jᵀu, v⟩', along, [out.value, out.logDet, along]),
      ]
    },
  })

/** Steps of the difference quotients. */
const STEPS = [1e-4, 5e-5, 2.5e-5] as const

/** Differences that tell the error of a derivative by difference quotients, which is extrapolated from the last two steps. */
interface Quotients {
  readonly derivative: Out
  readonly doubts: readonly Out[]
}

/**
 * Central quotients have an error in h² (Richardson 1911). Past a kink they differ among themselves, unless it is so
 * near that all of them have half of both slopes; then the slopes on its two sides differ.
 */
const quotients = (f: (step: number) => Out): Quotients => {
  const along = (a: number, b: number): Out => tree.zip((x, y) => div(sub(x, y), a - b), f(a), f(b))
  const combined = (a: number, one: Out, b: number, other: Out): Out =>
    tree.zip((x, y) => add(mul(a, x), mul(b, y)), one, other)
  const [coarse, fine, finest] = STEPS.map((h) => along(h, -h)) as [Out, Out, Out]
  const [, h, half] = STEPS
  const [right, left] = [1, -1].map((side) => combined(2, along(side * half, 0), -1, along(side * h, 0))) as [Out, Out]
  return {
    derivative: combined(4 / 3, finest, -1 / 3, fine),
    doubts: [combined(1, finest, -1, fine), combined(1, fine, -1, coarse), combined(1, right, -1, left)],
  }
}

/**
 * Derivatives along a random direction, by point and parameters, are limits of difference quotients (float64,
 * Richardson's extrapolation; in float32 quotients have too few digits).
 */
export const derivesItself = (b: Bijector, options?: LawOptions): Law =>
  law('derivatives are limits of differences', {
    spreads: [0, 0.5],
    ...options,
    precisions: ['float64'],
    points: 'typical',
    domain: b.domain,
    parameters: b.parameters,
    claims: (params, x, given) => {
      const at: At = { params: spread(params), x }
      const f = forward(b, given)
      const inward = noiseLike(at, given, 4)
      // Steps in proportion to a bounded coordinate's room stay inside its domain.
      const v: At = b.domain.support === 'real' ? inward : { ...inward, x: mul(inward.x, mul(1e-3, x)) }
      const [, exact] = jvp(f, at, v)
      const { derivative, doubts } = quotients((step) => f(tree.zip((p, d) => add(p, mul(step, d)), at, v)))
      return (['value', 'logDet'] as const).map((part) =>
        approximates(
          `derivative of ${part}`,
          exact[part],
          derivative[part],
          doubts.reduce<Example>((total, doubt) => add(total, abs(doubt[part])), abs(0)),
          [exact.value, exact.logDet],
        ),
      )
    },
  })
