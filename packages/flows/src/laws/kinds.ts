import { type Domain, endsOf } from '../domain.ts'
import type { Claim } from './claim.ts'
import type { Sides } from './run.ts'

type Stated = Pick<Claim, 'kind' | 'domain'>

/** A gap may be this many times the largest deviation that rounding was seen to cause in it. */
const ALLOWANCE = 4
/** A stable computation loses no more than five bits beyond what its inputs' last places explain. */
const STABLE = 32

/** What has to be moved at random to measure a claim's tolerance, or whether rounding leaves anything to ask; null where neither matters. */
export const movedBy = ({ kind }: Stated): 'inputs' | 'operations' | null => {
  switch (kind) {
    case 'equation':
    case 'approximation':
    case 'target':
    case 'member':
      return 'operations'
    case 'stable':
      return 'inputs'
    case 'finite':
      return null
  }
}

/** What should be 0 apart from rounding, at one place of a run, `exactAt` being the same place of the exact run. */
export const gapOf = ({ kind }: Stated, found: Sides, at: number, exact: Sides, exactAt: number): number =>
  found.left[at]! - (kind === 'target' || kind === 'stable' ? exact.left[exactAt]! : found.right[at]!)

/** The largest gap that rounding may explain, from the largest deviation that it was seen to cause. */
export const allowedGap = (
  { kind }: Stated,
  deviation: number,
  { left, right, slack }: Sides,
  at: number,
  epsilon: number,
): number => {
  const size = Math.max(finiteSize(left[at]!), finiteSize(right[at]!))
  return kind === 'stable'
    ? STABLE * (deviation + epsilon * Math.max(1, size))
    : ALLOWANCE * (deviation + (slack[at] ?? 0)) + 2 * epsilon * size
}

const finiteSize = (v: number): number => (Number.isFinite(v) ? Math.abs(v) : 0)

/** A value that rounding moves by more than this share of itself, or of 1, has lost its digits. */
const DIGITS = 0.01

/** Whether a value that a claim is about has no digits left in one lane of a moved run, `exactLane` being the same lane of the exact run. */
export const isLost = (
  { at: moved }: Sides,
  lane: number,
  lanes: number,
  { at: exact }: Sides,
  exactLane: number,
  exactLanes: number,
): boolean => {
  for (let e = 0; e * lanes < moved.length; e++) {
    const value = exact[e * exactLanes + exactLane]!
    if (!(Math.abs(moved[e * lanes + lane]! - value) <= DIGITS * Math.max(1, Math.abs(value)))) return true
  }
  return false
}

/** Whether a claim is fulfilled at one place of the judged run. A NaN in exact arithmetic is never put down to rounding. */
export const isFulfilled = (claim: Stated, found: Sides, exact: Sides, at: number, allowed: number): boolean => {
  switch (claim.kind) {
    case 'equation':
    case 'approximation':
    case 'target':
    case 'stable':
      if (Number.isNaN(exact.left[at]!) || Number.isNaN(exact.right[at]!)) return false
      return allowed === Infinity || Math.abs(gapOf(claim, found, at, exact, at)) <= allowed
    case 'finite':
      return Number.isFinite(found.left[at]!)
    case 'member':
      // Rounding does not take a value out of its domain, but it may leave none, as a pivot of a matrix that is nearly singular.
      return (
        isMember(claim.domain!, found.left[at]!) || (allowed === Infinity && isMember(claim.domain!, exact.left[at]!))
      )
  }
}

const isMember = ({ support }: Domain, value: number): boolean => {
  const ends = endsOf(support)
  return ends ? ends[0] <= value && value <= ends[1] : Number.isFinite(value)
}

/** Whether a claim is asked at one place: the values that it is about are of reasonable size, and so is what it compares. */
export const isAsked = (
  { kind }: Stated,
  found: Sides,
  exact: Sides,
  at: number,
  lane: number,
  huge: number,
): boolean => {
  if (!(exact.scale[lane]! < huge && found.scale[lane]! < huge)) return false
  const reasonable = (v: number): boolean => Number.isNaN(v) || Math.abs(v) < huge
  // An exact derivative that is merely too large for the format is no fault; one that is no number is.
  return kind === 'finite' ? reasonable(exact.left[at]!) : reasonable(exact.left[at]!) || reasonable(exact.right[at]!)
}
