import { EPSILON, type Example, type HostArray, type Shape } from '@diffeo/autodiff'
import type { Given } from '../bijector.ts'
import { type Domain, endsOf } from '../domain.ts'
import type { Declared } from '../parameters.ts'
import type { Claim } from './claim.ts'
import { noiseOf } from './noise.ts'
import { drawParameters } from './parameters.ts'
import { drawPoints, type PointKind } from './points.ts'
import { type Compiled, compileClaims, type Points, runClaims, type Sides } from './run.ts'
import { selectLanes, simplest } from './shrink.ts'

export type Precision = keyof typeof EPSILON

/** What is judged: claims about a point of a domain, for parameters of a declaration. */
export interface Subject {
  readonly domain: Domain
  readonly parameters: Declared<unknown>
  /** Shape of the context, where the maps need one. */
  readonly context?: Shape
  /** `everywhere` when left out. */
  readonly points?: PointKind
  claims(params: unknown, x: Example, given: Given): readonly Claim[]
}

/** One set of parameters, and the points that go with the seed. */
export interface Case {
  readonly seed: number
  /** Standard deviation of the noise on trained parameters. */
  readonly spread: number
}

/** A claim that does not hold at a point. */
export interface Failure {
  readonly lane: number
  readonly what: string
  readonly left: number
  readonly right: number
  readonly allowed: number
}
/** The same, with the point made as simple as it could be. */
export interface Finding extends Failure {
  readonly precision: Precision
  readonly point: readonly number[]
}

/** Points judged together by one run. */
export const POINTS = 1024
/** Runs with random rounding from which a tolerance is measured, and the multiple of their largest deviation that is allowed. */
const RUNS = 8
const ALLOWANCE = 4
/** A stable computation loses no more than five bits beyond what its inputs' last places explain. */
const STABLE = 32
/** The largest of eight deviations can be small by chance; a point that fails is measured again with this many runs. */
const CAREFUL_RUNS = 64
/** Values beyond this are not judged: what follows from them may overflow. */
const HUGE: Readonly<Record<Precision, number>> = { float32: 1e30, float64: 1e200 }

/** Judges one case in one precision; null when every claim holds at every point. */
export type Judge = (at: Case, precision: Precision) => Finding | null

export const judgeOf = (subject: Subject): Judge => {
  const compiled = compileClaims(subject)
  return (at, precision) => {
    const params = drawParameters(subject.parameters, at.seed, at.spread)
    const points: Points = {
      x: drawPoints(subject.domain, POINTS, noiseOf(at.seed, 2), subject.points),
      ...(subject.context && {
        context: drawPoints({ support: 'real', shape: subject.context }, POINTS, noiseOf(at.seed, 3), 'typical'),
      }),
    }
    const judge = (some: Points, runs: number): Verdict => verdict(compiled, params, some, precision, runs)
    const first = judge(points, RUNS)
    if (first.judged === 0)
      return {
        lane: 0,
        what: 'no point could be judged: every value overflows',
        left: Number.NaN,
        right: Number.NaN,
        allowed: 0,
        precision,
        point: [],
      }
    const suspects = first.failures.map(({ lane }) => lane)
    if (suspects.length === 0) return null
    const careful = judge(selectLanes(points, suspects), CAREFUL_RUNS).failures[0]
    if (!careful) return null
    const guilty = selectLanes(points, [suspects[careful.lane]!])
    const { failure, point } = simplest(
      guilty,
      careful,
      subject.domain,
      (tried) => judge(tried, CAREFUL_RUNS).failures[0] ?? null,
    )
    return { ...failure, precision, point }
  }
}

interface Verdict {
  /** At most one for each lane, in their order. */
  readonly failures: readonly Failure[]
  /** How many comparisons were made: a law that made none has shown nothing. */
  readonly judged: number
}

const verdict = (compiled: Compiled, params: unknown, points: Points, precision: Precision, runs: number): Verdict => {
  const epsilon = EPSILON[precision]
  const huge = HUGE[precision]
  const exact = runClaims(compiled, params, points, 'exact')
  const found = precision === 'float64' ? exact : runClaims(compiled, params, points, precision)
  const deviations = measureDeviations(compiled, params, points, exact, epsilon, runs)
  const failures = new Map<number, Failure>()
  let judged = 0
  compiled.claims.forEach((claim, c) => {
    const deviation = deviations[c]!
    const [left, right, slack] = found[c]!
    for (let i = 0; i < left.data.length; i++) {
      const lane = i % points.x.lanes
      if (!isJudged(claim, exact[c]!, i, points.x.lanes, huge)) continue
      judged++
      const size = Math.max(Math.abs(exact[c]![0].data[i]!), Math.abs(exact[c]![1].data[i] ?? 0))
      const allowed =
        claim.kind === 'stable'
          ? STABLE * (deviation[i]! + epsilon * Math.max(1, size))
          : ALLOWANCE * (deviation[i]! + (slack?.data[i] ?? 0)) + 2 * epsilon * size
      if (holds(claim, found[c]!, exact[c]!, i, allowed) || failures.has(lane)) continue
      failures.set(lane, { lane, what: claim.what, left: left.data[i]!, right: right.data[i] ?? Number.NaN, allowed })
    }
  })
  return { failures: [...failures.values()].sort((a, b) => a.lane - b.lane), judged }
}

/**
 * For each claim and element, the largest change of its gap over runs in which every operation is off at random by as
 * much as it may be: the effect of rounding on this very computation, its condition and its cancellations included.
 */
const measureDeviations = (
  { claims, ...compiled }: Compiled,
  params: unknown,
  points: Points,
  exact: Sides,
  epsilon: number,
  runs: number,
): readonly Float64Array[] => {
  const deviations = claims.map((_, c) => new Float64Array(exact[c]![0].data.length))
  const sources = new Set(claims.map(({ kind }) => sourceOf(kind)))
  for (const off of ['inputs', 'operations'] as const)
    for (let seed = 1; sources.has(off) && seed <= runs; seed++) {
      const moved = runClaims({ claims, ...compiled }, params, points, { off, seed, epsilon })
      claims.forEach((claim, c) => {
        if (sourceOf(claim.kind) === off) widen(deviations[c]!, claim, moved[c]!, exact[c]!)
      })
    }
  return deviations
}

/** What a claim's tolerance is measured by moving. */
const sourceOf = (kind: Claim['kind']): 'inputs' | 'operations' | null => {
  switch (kind) {
    case 'equation':
    case 'approximation':
    case 'target':
      return 'operations'
    case 'stable':
      return 'inputs'
    case 'finite':
    case 'member':
      return null
  }
}

const widen = (
  deviation: Float64Array,
  claim: Pick<Claim, 'kind'>,
  moved: Sides[number],
  exact: Sides[number],
): void => {
  for (let i = 0; i < deviation.length; i++) {
    const change = Math.abs(gapOf(claim, moved, exact, i) - gapOf(claim, exact, exact, i))
    // Lost to overflow under rounding: nothing can be asked there.
    deviation[i] = Math.max(deviation[i]!, Number.isNaN(change) ? Infinity : change)
  }
}

/** What should be 0 apart from rounding. */
const gapOf = ({ kind }: Pick<Claim, 'kind'>, found: Sides[number], exact: Sides[number], i: number): number =>
  kind === 'target' || kind === 'stable' ? found[0].data[i]! - exact[0].data[i]! : found[0].data[i]! - found[1].data[i]!

const holds = (
  claim: Compiled['claims'][number],
  found: Sides[number],
  exact: Sides[number],
  i: number,
  allowed: number,
): boolean => {
  switch (claim.kind) {
    case 'equation':
    case 'approximation':
    case 'target':
    case 'stable':
      // Not `gap <= allowed` negated: a gap that is no number does not hold, unless anything is allowed.
      return allowed === Infinity || Math.abs(gapOf(claim, found, exact, i)) <= allowed
    case 'finite':
      return Number.isFinite(found[0].data[i]!)
    case 'member':
      return isMember(claim.domain!, found[0].data[i]!)
  }
}

/** Whether a claim is asked of an element: sides of reasonable size, and for finiteness a condition that is. */
const isJudged = (
  { kind }: Pick<Claim, 'kind'>,
  [left, right]: Sides[number],
  i: number,
  count: number,
  huge: number,
): boolean => {
  const value = left.data[i]!
  if (kind !== 'finite') return Math.abs(value) < huge || Math.abs(right.data[i]!) < huge
  // An exact value that is merely too large for the format is no fault; one that is no number is.
  return (
    (Number.isNaN(value) || Math.abs(value) < huge) && everyElement(right, i % count, count, (v) => Math.abs(v) < huge)
  )
}

const everyElement = ({ data }: HostArray, lane: number, count: number, holdsFor: (v: number) => boolean): boolean => {
  for (let i = lane; i < data.length; i += count) if (!holdsFor(data[i]!)) return false
  return true
}

const isMember = ({ support }: Domain, value: number): boolean => {
  const ends = endsOf(support)
  return ends ? ends[0] <= value && value <= ends[1] : Number.isFinite(value)
}
