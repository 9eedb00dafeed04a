import type { Precision } from '@diffeo/autodiff'
import fc from 'fast-check'
import { mistake } from '../mistake.ts'
import { type Case, type Finding, type Judge, judgeOf, type Subject } from './judge.ts'

/** A law of one thing as a property: run it with `fc.assert(law)`. */
export type Law = fc.IProperty<[Case]>

export interface LawOptions extends Pick<Subject, 'context' | 'points' | 'passing' | 'engine'> {
  /** Number formats in which it must hold. An engine has one; the reference has float64, and float64 with every operation rounded to float32, both by default. */
  readonly precisions?: readonly Precision[]
  /** Standard deviations of the noise on trained parameters. */
  readonly spreads?: readonly number[]
}

/** Parameters as they start, as if trained, and far out: a softmax of numbers with standard deviation 6 is nearly one-hot. */
const SPREADS = [0, 0.5, 2, 6] as const

const formatsOf = (engine: Subject['engine']): readonly Precision[] =>
  engine ? [engine.precision] : ['float64', 'float32']

/**
 * The property that a subject's claims hold at 1,024 generated points for each generated set of parameters. It fails with the
 * claim, the simplest point found, both sides and the tolerance measured there.
 * @throws when the engine does not compute in one of the formats that are asked for
 */
export const law = (
  name: string,
  { engine, precisions = formatsOf(engine), spreads = SPREADS, ...subject }: Subject & LawOptions,
): Law => {
  const foreign = engine && precisions.find((precision) => precision !== engine.precision)
  if (foreign) mistake(`${name}: is asked in ${foreign}, but the engine computes in ${engine.precision}.`)
  let judge: Judge | undefined
  return fc.property(cases(spreads), (at) => {
    judge ??= judgeOf({ ...subject, ...(engine && { engine }) })
    for (const precision of precisions) {
      const { finding, judged } = judge(at, precision)
      // Where every value overflows the case shows nothing; fast-check draws another, and fails if too many are like it.
      fc.pre(judged > 0)
      if (finding) throw new Error(`${name}: ${explainFinding(finding, at)}`)
    }
  })
}

/** Seeds of points and parameters, with each of the spreads. */
export const cases = (spreads: readonly number[] = SPREADS): fc.Arbitrary<Case> =>
  fc.record({ seed: fc.nat({ max: 2 ** 31 - 1 }), spread: fc.constantFrom(...spreads) })

const explainFinding = ({ what, precision, point, left, right, allowed }: Finding, { seed, spread }: Case): string =>
  `${what} in ${precision}: ${left} against ${right}, ${allowed} allowed, at [${point.join(', ')}] with parameters of seed ${seed} and spread ${spread}.`
