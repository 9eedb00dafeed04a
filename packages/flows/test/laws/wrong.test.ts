import { openReference, type Precision } from '@diffeo/autodiff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Bijector,
  builtInFlowKinds,
  builtInKinds,
  type Distribution,
  elementwise,
  exp,
  tanh,
} from '../../src/index.ts'
import {
  agreesWithReference,
  densityAgreesWithReference,
  densityKeepsExamplesApart,
  densityRoundsWell,
  densitySavesItself,
  derivativesAgreeWithReference,
  derivesItself,
  determinant,
  drawsWithTheirDensity,
  hasFiniteGradients,
  hasFiniteScores,
  integratesToOne,
  inverseDeterminant,
  keepsExamplesApart,
  type Law,
  type LawOptions,
  modesAgree,
  roundsWell,
  samplesMatchDensity,
  savesItself,
  statesItsEntropy,
  staysInCodomain,
  staysInDomain,
  undoes,
  undoesBack,
  vanishesOutside,
} from '../../src/laws/index.ts'
import { targets } from './targets.ts'
import * as wrong from './wrong.ts'
import * as wrongly from './wrongDensities.ts'
import { shortInputs, tanhOff } from './wrongEngines.ts'

const kinds = {
  ...builtInKinds,
  bijectors: [...builtInKinds.bijectors, { kind: 'forgetful', build: () => wrong.forgetful(0) }],
}

type Options = Pick<LawOptions, 'engine'>

/** A law with what only it, or it first, should refuse, and what it should say. */
interface Case<T> {
  readonly name: string
  readonly law: (faulty: T, options: Options) => Law
  readonly faulty: T
  readonly complaint: RegExp
  /** The number format where it is asked, if in one only. */
  readonly only?: Precision
}
const refusal = <T>(name: string, law: Case<T>['law'], faulty: T, complaint: RegExp, only?: Precision): Case<T> => ({
  name,
  law,
  faulty,
  complaint,
  ...(only && { only }),
})

const cases: readonly Case<Bijector>[] = [
  refusal('undoes', undoes, wrong.inverseOff, /inverse undoes forward: f\(f⁻¹\(y\)\)/),
  refusal('undoes', undoes, wrong.signLost, /inverse undoes forward: logDet f \+ logDet f⁻¹/),
  refusal('undoesBack', undoesBack, wrong.inverseOff, /forward undoes inverse/),
  refusal('determinant', determinant, wrong.logDetLost, /logDet is log\|det J\|/),
  refusal('inverseDeterminant', inverseDeterminant, wrong.logDetLost, /logDet of the inverse/),
  refusal('staysInCodomain', staysInCodomain, wrong.outOfCodomain, /lands in the codomain/),
  refusal('staysInDomain', staysInDomain, wrong.outOfDomain, /lands in the domain/),
  refusal('hasFiniteGradients', hasFiniteGradients, wrong.nanGradient, /gradients are finite: ∂\/∂x/),
  refusal('derivesItself', derivesItself, wrong.hiddenDerivative, /limits of differences/, 'float64'),
  refusal('modesAgree', modesAgree, wrong.derivativesMeet, /transposes: ⟨u, J v⟩/),
  refusal('keepsExamplesApart', keepsExamplesApart, wrong.examplesMeet, /depends on the others/),
  refusal('roundsWell', roundsWell, wrong.cancels, /the formula is stable: logDet/, 'float32'),
  refusal(
    'savesItself',
    (b, options) => savesItself(b, { kinds, ...options }),
    wrong.forgetful(1),
    /rebuilt from its spec/,
  ),
]

const flowKinds = {
  ...builtInFlowKinds,
  distributions: [...builtInFlowKinds.distributions, { kind: 'forgetful', build: () => wrongly.forgetful(0) }],
}

const densityCases: readonly Case<Distribution>[] = [
  refusal('integratesToOne', integratesToOne, wrongly.tooMuch, /integrates to 1: 2\.50/),
  refusal('statesItsEntropy', statesItsEntropy, wrongly.wrongEntropy, /states its entropy: 2\.83/),
  refusal('samplesMatchDensity', samplesMatchDensity, wrongly.drawsTooWide, /draws have the mean log-density/),
  refusal(
    'samplesMatchDensity',
    samplesMatchDensity,
    wrongly.drawsAside,
    /draws follow the distribution of coordinate 1/,
  ),
  refusal('samplesMatchDensity', samplesMatchDensity, wrongly.drawsTogether, /draws follow the joint distribution/),
  refusal('vanishesOutside', vanishesOutside, wrongly.clipped, /vanishes outside its support .* log p = 0 at/),
  refusal('hasFiniteScores', hasFiniteScores, wrongly.nanScore, /finite: ∂\/∂x/),
  refusal('drawsWithTheirDensity', drawsWithTheirDensity, wrongly.logDetForgotten, /a draw comes with its log-density/),
  refusal('densityKeepsExamplesApart', densityKeepsExamplesApart, wrongly.examplesMeet, /depends on the others/),
  refusal('densityRoundsWell', densityRoundsWell, wrongly.cancels, /the formula is stable: log p/, 'float32'),
  refusal(
    'densitySavesItself',
    (d, options) => densitySavesItself(d, { kinds: flowKinds, ...options }),
    wrongly.forgetful(1),
    /rebuilt from its spec it is the same distribution/,
  ),
]

/** The first complaint of a law. */
const complaintOf = (law: Law): string => {
  const { failed, errorInstance } = fc.check(law, { numRuns: 8, endOnFailure: true })
  expect(failed).toBe(true)
  return String(errorInstance)
}

describe.each(targets)('on $name', ({ on, precisions }) => {
  const asked = <T>({ only }: Case<T>): boolean => only === undefined || precisions.includes(only)

  describe('each law refuses the bijector that breaks it', () => {
    test.each(cases.filter(asked))('$name', ({ law, faulty, complaint }) => {
      expect(complaintOf(law(faulty, on))).toMatch(complaint)
    })
  })

  test('each law accepts a bijector that has no fault', () => {
    for (const { law } of cases.filter(asked).slice(0, -1)) fc.assert(law(wrong.correct, on), { numRuns: 4 })
  })

  describe('each law refuses the distribution that breaks it', () => {
    test.each(densityCases.filter(asked))('$name', ({ law, faulty, complaint }) => {
      expect(complaintOf(law(faulty, on))).toMatch(complaint)
    })
  })

  test('each law accepts a distribution that has no fault', () => {
    for (const { name, law } of densityCases.filter(asked).slice(0, -1))
      if (name !== 'vanishesOutside') fc.assert(law(wrongly.correct, on), { numRuns: 4 })
  })

  const engine = on.engine ?? openReference({ precision: 'float32' })
  describe('an engine that drops digits of its inputs', () => {
    const faulty = shortInputs(engine)
    test('does not agree with the reference, as it does without the fault', () => {
      expect(complaintOf(agreesWithReference(wrong.correct, { engine: faulty }))).toMatch(
        /^Error: agrees with the reference: f\(x\) in float/,
      )
      fc.assert(agreesWithReference(wrong.correct, { engine }), { numRuns: 4 })
    })
    test('has other densities than the reference', () => {
      expect(complaintOf(densityAgreesWithReference(wrongly.correct, { engine: faulty }))).toMatch(
        /^Error: agrees with the reference: log p\(x\) in float/,
      )
      fc.assert(densityAgreesWithReference(wrongly.correct, { engine }), { numRuns: 4 })
    })
    test('has other derivatives than the reference', () => {
      const bent = elementwise(tanh, 2)
      expect(complaintOf(derivativesAgreeWithReference(bent, { engine: faulty }))).toMatch(
        /^Error: derivatives agree with the reference: /,
      )
      fc.assert(derivativesAgreeWithReference(bent, { engine }), { numRuns: 4 })
    })
  })
})

describe('an engine one of whose functions is off', () => {
  test('does not agree with the reference where that function is met, and agrees elsewhere', () => {
    const options = { engine: tanhOff() }
    expect(complaintOf(agreesWithReference(elementwise(tanh, 2), options))).toMatch(/agrees with the reference: f\(x\)/)
    fc.assert(agreesWithReference(elementwise(exp, 2), options), { numRuns: 4 })
  })
})

describe('a law that is asked in one number format only', () => {
  test('refuses an engine of another, naming both', () => {
    const [single, double] = [openReference({ precision: 'float32' }), openReference()]
    expect(() => derivesItself(wrong.correct, { engine: single })).toThrow(/asked in float64, but .* in float32/)
    expect(() => roundsWell(wrong.correct, { engine: double })).toThrow(/asked in float32, but .* in float64/)
  })
})
