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
import { engines } from './engines.ts'
import * as wrong from './wrong.ts'
import * as wrongly from './wrongDensities.ts'
import { driftingAnswers, shortInputs, tanhOff } from './wrongEngines.ts'

const kinds = {
  ...builtInKinds,
  bijectors: [...builtInKinds.bijectors, { kind: 'forgetful', build: () => wrong.forgetful(0) }],
}

type Options = Pick<LawOptions, 'engines'>

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
  refusal('derivesItself', derivesItself, wrong.slopeOff, /limits of differences/, 'float64'),
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

describe('each law refuses the bijector that breaks it', () => {
  test.each(cases)('$name', ({ law, faulty, complaint }) => {
    expect(complaintOf(law(faulty, {}))).toMatch(complaint)
  })
})

test('each law accepts a bijector that has no fault', () => {
  for (const { law } of cases.slice(0, -1)) fc.assert(law(wrong.correct, { engines }), { numRuns: 4 })
})

describe('each law refuses the distribution that breaks it', () => {
  test.each(densityCases)('$name', ({ law, faulty, complaint }) => {
    expect(complaintOf(law(faulty, {}))).toMatch(complaint)
  })
})

test('each law accepts a distribution that has no fault', () => {
  for (const { name, law } of densityCases.slice(0, -1))
    if (name !== 'vanishesOutside') fc.assert(law(wrongly.correct, { engines }), { numRuns: 4 })
})

/** Laws of what an engine's answers have in common with one another, or with the reference's. */
const comparing = <T>(all: readonly Case<T>[], precision: Precision): readonly Case<T>[] =>
  all.slice(0, -1).filter(({ name, only = precision }) => only === precision && !/Finite|stays|vanishes/.test(name))

describe.each(engines.map((engine) => ({ engine, mode: engine.mode, precision: engine.precision })))(
  'faults of an engine like $mode',
  ({ engine, mode, precision }) => {
    const complaintOn = (law: Law): string => {
      const complaint = complaintOf(law)
      expect(complaint).toContain(`on ${mode}`)
      return complaint
    }
    const drifting = { engines: [driftingAnswers(engine)] }
    test.each(comparing(cases, precision))('are seen by $name', ({ law }) => {
      complaintOn(law(wrong.correct, drifting))
    })
    test.each(comparing(densityCases, precision))('are seen by $name', ({ law }) => {
      complaintOn(law(wrongly.correct, drifting))
    })

    const short = { engines: [shortInputs(engine)] }
    test('in its inputs are seen where it has to agree with the reference', () => {
      expect(complaintOn(agreesWithReference(wrong.correct, short))).toMatch(/agrees with the reference: f\(x\)/)
      expect(complaintOn(derivativesAgreeWithReference(elementwise(tanh, 2), short))).toMatch(/reference: J v/)
      expect(complaintOn(densityAgreesWithReference(wrongly.correct, short))).toMatch(/reference: log p\(x\)/)
    })
    test('are not seen where it has none', () => {
      fc.assert(agreesWithReference(wrong.correct, { engines: [engine] }), { numRuns: 4 })
      fc.assert(derivativesAgreeWithReference(elementwise(tanh, 2), { engines: [engine] }), { numRuns: 4 })
      fc.assert(densityAgreesWithReference(wrongly.correct, { engines: [engine] }), { numRuns: 4 })
    })
  },
)

test('a function that is off is seen where an engine has to agree with the reference, and only where it is met', () => {
  const options = { engines: [tanhOff()] }
  expect(complaintOf(agreesWithReference(elementwise(tanh, 2), options))).toMatch(
    /agrees with the reference: f\(x\) on/,
  )
  fc.assert(agreesWithReference(elementwise(exp, 2), options), { numRuns: 4 })
})

test('a law that is asked in one number format refuses to be asked on engines of the other alone', () => {
  const [single, double] = [openReference({ precision: 'float32' }), openReference()]
  expect(() => derivesItself(wrong.correct, { engines: [single] })).toThrow(/asked in float64, but .* in float32/)
  expect(() => roundsWell(wrong.correct, { engines: [double] })).toThrow(/asked in float32, but .* in float64/)
})
