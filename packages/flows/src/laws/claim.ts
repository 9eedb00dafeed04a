import type { Example } from '@diffeo/autodiff'
import type { Domain } from '../domain.ts'

/**
 * What a law says of one point. `left` and `right` are its two sides; what they mean depends on the kind:
 * - `equation`: they are equal, to rounding;
 * - `approximation`: they are equal, to rounding and `slack`, an error that is known (of a difference quotient);
 * - `target`: `left` computed in a number format is what it is in exact arithmetic, to the rounding of this computation;
 * - `stable`: the same, to what a last place of the inputs explains, whatever the computation;
 * - `finite`: `left` is a finite number wherever `right` is one;
 * - `member`: `left` is a point of `domain`, or of its boundary where rounding puts it there.
 */
export interface Claim {
  readonly kind: 'equation' | 'approximation' | 'target' | 'stable' | 'finite' | 'member'
  readonly what: string
  readonly left: Example
  readonly right: Example
  readonly slack?: Example
  readonly domain?: Domain
}

export const equal = (what: string, left: Example, right: Example): Claim => ({ kind: 'equation', what, left, right })
export const approximates = (what: string, left: Example, right: Example, slack: Example): Claim => ({
  kind: 'approximation',
  what,
  left,
  right,
  slack,
})
export const onTarget = (what: string, value: Example): Claim => ({ kind: 'target', what, left: value, right: value })
export const stable = (what: string, value: Example): Claim => ({ kind: 'stable', what, left: value, right: value })
export const finite = (what: string, value: Example, where: Example): Claim => ({
  kind: 'finite',
  what,
  left: value,
  right: where,
})
export const member = (what: string, value: Example, domain: Domain): Claim => ({
  kind: 'member',
  what,
  left: value,
  right: value,
  domain,
})
