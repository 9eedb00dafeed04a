import {
  abs,
  add,
  concat,
  div,
  type Example,
  isTensor,
  lanes,
  less,
  max,
  maximum,
  reshape,
  sizeOf,
  slice,
  sub,
  sum,
  type Tensor,
  where,
} from '@diffeo/autodiff'
import { type Domain, endsOf } from '../domain.ts'

/**
 * What a law says of one point.
 * - `equation`: `left` equals `right`, to rounding;
 * - `approximation`: the same, to rounding and `slack`, an error that is known (of a difference quotient);
 * - `target`: `left` in a number format is what it is exactly, to the rounding of this computation;
 * - `stable`: the same, to what a last place of the inputs explains, whatever the computation;
 * - `finite`: `left` is a number;
 * - `member`: `left` is in `domain`, or on its boundary where rounding puts it there.
 *
 * It is asked where `scale`, the size of the values it is about, is a number that does not overflow, and where rounding
 * leaves these values, `at`, some digits: measured tolerances are a theory of small errors.
 */
export interface Claim {
  readonly kind: 'equation' | 'approximation' | 'target' | 'stable' | 'finite' | 'member'
  readonly what: string
  readonly left: Example
  readonly right: Example
  readonly slack: Example
  readonly scale: Example
  /** `[n]` */
  readonly at: Example
  readonly domain?: Domain
}

/** A value that a claim is about, alone or with the support that it may come too close to the ends of. */
export type About = Example | { readonly value: Example; readonly domain: Domain }

type ClaimOf<Rest extends readonly unknown[] = []> = (
  what: string,
  value: Example,
  ...rest: [...Rest, about: readonly About[]]
) => Claim

export const equal: ClaimOf<[right: Example]> = (what, left, right, about) =>
  claim({ kind: 'equation', what, left, right }, about)
export const approximates: ClaimOf<[right: Example, slack: Example]> = (what, left, right, slack, about) =>
  claim({ kind: 'approximation', what, left, right, slack }, about)
export const onTarget: ClaimOf = (what, value, about) => claim({ kind: 'target', what, left: value }, about)
export const stable: ClaimOf = (what, value, about) => claim({ kind: 'stable', what, left: value }, about)
export const finite: ClaimOf = (what, value, about) => claim({ kind: 'finite', what, left: value }, about)
export const member: ClaimOf<[domain: Domain]> = (what, value, domain, about) =>
  claim({ kind: 'member', what, left: value, domain }, about)

const claim = (
  { kind, what, left, right = left, slack, domain }: Pick<Claim, 'kind' | 'what' | 'left'> & Partial<Claim>,
  about: readonly About[],
): Claim => ({
  kind,
  what,
  left: everyLane(left),
  right: everyLane(right),
  slack: everyLane(slack ?? zero),
  scale: everyLane(sizeOfAll(about)),
  at: everyLane(flattened(about)),
  ...(domain && { domain }),
})

const pointOf = (x: About): Example => (isTensor(x) ? x : x.value)

/** Size of the values, and of the slopes that a map back from them may have. `[]` */
export const sizeOfAll = (about: readonly About[]): Example =>
  about.reduce<Example>((total, x) => {
    const size = add(total, sum(abs(pointOf(x))))
    return isTensor(x) ? size : add(size, steepness(x.domain, x.value))
  }, zero)

/** All coordinates of all values side by side. `[n]` */
export const flattened = (about: readonly About[]): Example =>
  concat([reshape(zero, [1]), ...about.map((x) => reshape(pointOf(x), [sizeOf(pointOf(x).shape)]))])

/**
 * How steep a map back from here may be: the largest reciprocal of a coordinate's distance from an end of its support, ∞
 * where one is on the end or beyond. A saturated value has lost what a law could be about.
 */
const steepness = ({ support, shape, parts }: Domain, x: Example): Example => {
  if (parts) {
    const flat = reshape(x, [sizeOf(shape)])
    let at = 0
    return parts.reduce<Example>((total, part) => {
      const from = at
      at += sizeOf(part.shape)
      return maximum(total, steepness(part, reshape(slice(flat, 0, from, at), part.shape)))
    }, zero)
  }
  const [lower, upper] = endsOf(support) ?? [-Infinity, Infinity]
  const from = (end: number, distance: Example): Example =>
    Number.isFinite(end) ? max(where(less(0, distance), div(1, distance), Infinity)) : zero
  return maximum(from(lower, sub(x, lower)), from(upper, sub(upper, x)))
}

const zero: Example = sum(abs(0))
/** A side may be the same for all points. */
const everyLane = (x: Example): Example => lanes.spread(x as Tensor)
