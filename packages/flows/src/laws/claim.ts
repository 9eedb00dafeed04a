import {
  abs,
  add,
  and,
  type Example,
  lanes,
  less,
  reshape,
  sizeOf,
  slice,
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
 * It is asked where `scale`, the size of the values it is about, is a number that does not overflow.
 */
export interface Claim {
  readonly kind: 'equation' | 'approximation' | 'target' | 'stable' | 'finite' | 'member'
  readonly what: string
  readonly left: Example
  readonly right: Example
  readonly slack: Example
  readonly scale: Example
  readonly domain?: Domain
}

/** `about`: the values whose size decides whether the claim is asked. */
type ClaimOf<Rest extends readonly unknown[] = []> = (
  what: string,
  value: Example,
  ...rest: [...Rest, about: readonly Example[]]
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
  about: readonly Example[],
): Claim => ({
  kind,
  what,
  left: everyLane(left),
  right: everyLane(right),
  slack: everyLane(slack ?? zero),
  scale: everyLane(about.reduce<Example>((total, x) => add(total, sum(abs(x))), zero)),
  ...(domain && { domain }),
})

/** 0 where every coordinate is strictly inside its support, ∞ where one is on the boundary or beyond: a saturated value has lost what a law could be about. */
export const inside = ({ support, shape, parts }: Domain, x: Example): Example => {
  if (parts) {
    const flat = reshape(x, [sizeOf(shape)])
    let at = 0
    return parts.reduce<Example>((total, part) => {
      const from = at
      at += sizeOf(part.shape)
      return add(total, inside(part, reshape(slice(flat, 0, from, at), part.shape)))
    }, zero)
  }
  const [lower, upper] = endsOf(support) ?? [-Infinity, Infinity]
  return sum(where(and(less(lower, x), less(x, upper)), 0, Infinity))
}

const zero: Example = sum(abs(0))
/** A side may be the same for all points. */
const everyLane = (x: Example): Example => lanes.spread(x as Tensor)
