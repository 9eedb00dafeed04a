import fc from 'fast-check'
import { formatsOf, type JudgedOn, showJudged } from './formats.ts'
import { type Case, type Finding, type Judge, judgeOf, type Subject } from './judge.ts'

/** A law of one thing as a property: run it with `fc.assert(law)`. */
export type Law = fc.IProperty<[Case]>

export interface LawOptions extends Pick<Subject, 'context' | 'points' | 'passing'>, JudgedOn {
  /** Standard deviations of the noise on trained parameters. */
  readonly spreads?: readonly number[]
}

/** Parameters as they start, as if trained, and far out: a softmax of numbers with standard deviation 6 is nearly one-hot. */
const SPREADS = [0, 0.5, 2, 6] as const

/**
 * The property that a subject's claims hold at 1,024 generated points for each generated set of parameters. It fails with the
 * claim, the simplest point found, both sides and the tolerance measured there.
 */
export const law = (
  name: string,
  { engines, precisions, spreads = SPREADS, ...subject }: Subject & LawOptions,
): Law => {
  const formats = formatsOf(name, { ...(engines && { engines }), ...(precisions && { precisions }) })
  let judge: Judge | undefined
  return fc.property(cases(spreads), (at) => {
    judge ??= judgeOf(subject, formats)
    const { finding, compared } = judge(at)
    // Where every value overflows the case shows nothing; fast-check draws another, and fails if too many are like it.
    fc.pre(compared > 0)
    if (finding) throw new Error(`${name}: ${explainFinding(finding, at)}`)
  })
}

/** Seeds of points and parameters, with each of the spreads. */
export const cases = (spreads: readonly number[] = SPREADS): fc.Arbitrary<Case> =>
  fc.record({ seed: fc.nat({ max: 2 ** 31 - 1 }), spread: fc.constantFrom(...spreads) })

const explainFinding = ({ what, judged, point, left, right, allowed }: Finding, { seed, spread }: Case): string =>
  `${what} ${showJudged(judged)}: ${left} against ${right}, ${allowed} allowed, at [${point.join(', ')}] with parameters of seed ${seed} and spread ${spread}.`
