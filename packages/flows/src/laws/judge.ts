import { EPSILON, type Example, type Shape } from '@diffeo/autodiff'
import type { Given } from '../bijector.ts'
import type { Domain } from '../domain.ts'
import type { Declared } from '../parameters.ts'
import type { About, Claim } from './claim.ts'
import type { Judged } from './compiled.ts'
import type { Format } from './formats.ts'
import { allowedGap, gapOf, isAsked, isFulfilled, isLost, movedBy } from './kinds.ts'
import { noiseOf } from './noise.ts'
import { drawParameters } from './parameters.ts'
import { drawPoints, type PointKind } from './points.ts'
import { type CompiledClaims, compileClaims, numbered, type Points, type Sides } from './run.ts'
import { selectLanes, simplest } from './shrink.ts'

/** What is judged: claims about a point of a domain, for parameters of a declaration. */
export interface Subject {
  readonly domain: Domain
  readonly parameters: Declared<unknown>
  /** Shape of the context, where the maps need one. */
  readonly context?: Shape
  /** `everywhere` when left out. */
  readonly points?: PointKind
  /** Values met on the way, known once the claims are written: every claim is about them too. */
  readonly passing?: () => readonly About[]
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
  readonly judged: Judged
  readonly point: readonly number[]
}

/** Points judged together by one run. */
export const POINTS = 1024
/**
 * Runs with random rounding after which a point that still fails has failed. The largest of a few deviations can be
 * small by chance, so only a point that keeps failing is measured so often; most hold after the first.
 */
const RUNS = 64
/** Values beyond this are not judged, in any format: nothing is promised that float32 cannot hold, or what follows from it. */
const HUGE = 1e30

export interface Judgement {
  /** Null when every claim holds at every point. */
  readonly finding: Finding | null
  /** How many comparisons were made in the format with the fewest: with none, for every value overflows, nothing was shown. */
  readonly compared: number
}

/** Judges one case in all formats. */
export type Judge = (at: Case) => Judgement

export const judgeOf = (subject: Subject, formats: readonly Format[]): Judge => {
  const compiled = compileClaims(subject)
  return (at) => {
    const params = drawParameters(subject.parameters, at.seed, at.spread)
    const points: Points = {
      x: drawPoints(subject.domain, POINTS, noiseOf(at.seed, 2), subject.points),
      lane: numbered(POINTS),
      ...(subject.context && {
        context: drawPoints({ support: 'real', shape: subject.context }, POINTS, noiseOf(at.seed, 3), 'typical'),
      }),
    }
    const exact = compiled.run(params, points, 'exact')
    let compared = Infinity
    for (const format of formats) {
      const found = verdict({ compiled, params, points, exact }, format)
      compared = Math.min(compared, found.compared)
      if (!found.failure) continue
      const { failure, judged } = found
      const fails = (tried: Points): Failure | null => {
        const alone = { compiled, params, points: tried, exact: compiled.run(params, tried, 'exact') }
        return verdict(alone, { ...format, judged: [judged!] }).failure
      }
      const simple = simplest(selectLanes(points, [failure.lane]), failure, subject.domain, fails)
      return { finding: { ...simple, judged: judged! }, compared }
    }
    return { finding: null, compared }
  }
}

/** One run's points and parameters, and the claims there in exact arithmetic. */
interface Situation {
  readonly compiled: CompiledClaims
  readonly params: unknown
  readonly points: Points
  readonly exact: readonly Sides[]
}

interface Verdict {
  readonly failure: Failure | null
  /** What failed. */
  readonly judged?: Judged
  readonly compared: number
}

/** One number of one claim at one point; `at` is its place in the claim's arrays. */
interface Element {
  /** What computed it. */
  readonly by: number
  readonly claim: number
  readonly element: number
  readonly lane: number
  readonly at: number
}

/**
 * Runs the claims as they are judged, then again and again on the reference with every operation off at random by as
 * much as it may be. What that does to a gap is the effect of rounding on this very computation, its condition and its
 * cancellations included. Points whose claims hold drop out on the way.
 */
const verdict = ({ compiled, params, points, exact }: Situation, { precision, judged }: Format): Verdict => {
  const { claims, meet } = compiled
  const epsilon = EPSILON[precision]
  const found = judged.map((how) => (how === 'exact' ? exact : compiled.run(params, points, how)))
  const deviations = exact.map(({ left }) => new Float64Array(left.length))
  const allowed = ({ claim: c, at }: Element): number =>
    allowedGap(claims[c]!, deviations[c]![at]!, exact[c]!, at, epsilon)
  const fails = (x: Element): boolean =>
    !isFulfilled(claims[x.claim]!, found[x.by]![x.claim]!, exact[x.claim]!, x.at, allowed(x))

  const count = points.x.lanes
  let compared = 0
  let doubtful: Element[] = []
  found.forEach((sides, by) => {
    claims.forEach((claim, c) => {
      for (let at = 0; at < exact[c]!.left.length; at++) {
        const lane = at % count
        if (!isAsked(claim, sides[c]!, exact[c]!, at, lane, HUGE)) continue
        compared++
        const x = { by, claim: c, at, lane, element: Math.floor(at / count) }
        if (fails(x)) doubtful.push(x)
      }
    })
  })
  for (let seed = 1; seed <= RUNS && doubtful.length > 0; seed++) {
    const lanes = meet ? [...Array(count).keys()] : [...new Set(doubtful.map(({ lane }) => lane))]
    const position = new Map(lanes.map((lane, l) => [lane, l]))
    for (const off of ['inputs', 'operations'] as const) {
      const concerned = doubtful.filter(({ claim }) => movedBy(claims[claim]!) === off)
      if (concerned.length === 0) continue
      const moved = compiled.run(params, selectLanes(points, lanes), { off, seed, precision })
      for (const { claim: c, at, element, lane } of concerned) {
        const there = element * lanes.length + position.get(lane)!
        const change = Math.abs(
          gapOf(claims[c]!, moved[c]!, there, exact[c]!, at) - gapOf(claims[c]!, exact[c]!, at, exact[c]!, at),
        )
        // Lost under rounding, to overflow, to a zero or because no digit of its point is left: nothing can be asked there.
        const lost =
          Number.isNaN(change) || isLost(moved[c]!, position.get(lane)!, lanes.length, exact[c]!, lane, count)
        deviations[c]![at] = Math.max(deviations[c]![at]!, lost ? Infinity : change)
      }
    }
    doubtful = doubtful.filter(fails)
  }
  const [worst] = doubtful
  if (!worst) return { failure: null, compared }
  const { by, claim: c } = worst
  return { compared, judged: judged[by]!, failure: failureAt(worst, claims[c]!.what, found[by]![c]!, allowed(worst)) }
}

const failureAt = ({ lane, at }: Element, what: string, { left, right }: Sides, allowed: number): Failure => ({
  lane,
  what,
  left: left[at]!,
  right: right[at]!,
  allowed,
})
