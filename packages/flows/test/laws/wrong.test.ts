import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bijector, builtInFlowKinds, builtInKinds, type Distribution } from '../../src/index.ts'
import {
  densityKeepsExamplesApart,
  densityRoundsWell,
  densitySavesItself,
  derivesItself,
  determinant,
  drawsWithTheirDensity,
  hasFiniteGradients,
  hasFiniteScores,
  integratesToOne,
  inverseDeterminant,
  keepsExamplesApart,
  type Law,
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
import * as wrong from './wrong.ts'
import * as wrongly from './wrongDensities.ts'

const kinds = {
  ...builtInKinds,
  bijectors: [...builtInKinds.bijectors, { kind: 'forgetful', build: () => wrong.forgetful(0) }],
}

/** Each law with the bijector that only it, or it first, should refuse, and what it should say. */
const cases: readonly (readonly [name: string, law: (b: Bijector) => Law, faulty: Bijector, complaint: RegExp])[] = [
  ['undoes', undoes, wrong.inverseOff, /inverse undoes forward: f\(f⁻¹\(y\)\)/],
  ['undoes', undoes, wrong.signLost, /inverse undoes forward: logDet f \+ logDet f⁻¹/],
  ['undoesBack', undoesBack, wrong.inverseOff, /forward undoes inverse/],
  ['determinant', determinant, wrong.logDetLost, /logDet is log\|det J\|/],
  ['inverseDeterminant', inverseDeterminant, wrong.logDetLost, /logDet of the inverse/],
  ['staysInCodomain', staysInCodomain, wrong.outOfCodomain, /lands in the codomain/],
  ['staysInDomain', staysInDomain, wrong.outOfDomain, /lands in the domain/],
  ['hasFiniteGradients', hasFiniteGradients, wrong.nanGradient, /gradients are finite: ∂\/∂x/],
  ['derivesItself', derivesItself, wrong.hiddenDerivative, /limits of differences/],
  ['modesAgree', modesAgree, wrong.derivativesMeet, /transposes: ⟨u, J v⟩/],
  ['keepsExamplesApart', keepsExamplesApart, wrong.examplesMeet, /depends on the others/],
  ['roundsWell', roundsWell, wrong.cancels, /the formula is stable: logDet/],
  ['savesItself', (b) => savesItself(b, { kinds }), wrong.forgetful(1), /rebuilt from its spec/],
]

const flowKinds = {
  ...builtInFlowKinds,
  distributions: [...builtInFlowKinds.distributions, { kind: 'forgetful', build: () => wrongly.forgetful(0) }],
}

/** The same for laws of distributions. */
const densityCases: readonly (readonly [
  name: string,
  law: (d: Distribution) => Law,
  faulty: Distribution,
  complaint: RegExp,
])[] = [
  ['integratesToOne', integratesToOne, wrongly.tooMuch, /integrates to 1: 2\.50/],
  ['statesItsEntropy', statesItsEntropy, wrongly.wrongEntropy, /states its entropy: 2\.83/],
  ['samplesMatchDensity', samplesMatchDensity, wrongly.drawsTooWide, /draws have the mean log-density/],
  ['samplesMatchDensity', samplesMatchDensity, wrongly.drawsAside, /draws follow the distribution of coordinate 1/],
  ['samplesMatchDensity', samplesMatchDensity, wrongly.drawsTogether, /draws follow the joint distribution/],
  ['vanishesOutside', vanishesOutside, wrongly.clipped, /vanishes outside its support .* log p = 0 at/],
  ['hasFiniteScores', hasFiniteScores, wrongly.nanScore, /finite: ∂\/∂x/],
  ['drawsWithTheirDensity', drawsWithTheirDensity, wrongly.logDetForgotten, /a draw comes with its log-density/],
  ['densityKeepsExamplesApart', densityKeepsExamplesApart, wrongly.examplesMeet, /depends on the others/],
  ['densityRoundsWell', densityRoundsWell, wrongly.cancels, /the formula is stable: log p/],
  [
    'densitySavesItself',
    (d) => densitySavesItself(d, { kinds: flowKinds }),
    wrongly.forgetful(1),
    /rebuilt from its spec it is the same distribution/,
  ],
]

describe('each law refuses the distribution that breaks it', () => {
  test.each(densityCases)('%s', (_name, law, faulty, complaint) => {
    const details = fc.check(law(faulty), { numRuns: 8, endOnFailure: true })
    expect(details.failed).toBe(true)
    expect(String(details.errorInstance)).toMatch(complaint)
  })
})

test('each law accepts a distribution that has no fault', () => {
  for (const [name, law] of densityCases.slice(0, -1))
    if (name !== 'vanishesOutside') fc.assert(law(wrongly.correct), { numRuns: 4 })
})

describe('each law refuses the bijector that breaks it', () => {
  test.each(cases)('%s', (_name, law, faulty, complaint) => {
    expect(() => fc.assert(law(faulty), { numRuns: 8, endOnFailure: true })).toThrow()
    const details = fc.check(law(faulty), { numRuns: 8, endOnFailure: true })
    expect(String(details.errorInstance)).toMatch(complaint)
  })
})

test('each law accepts a bijector that has no fault', () => {
  for (const [, law] of cases.slice(0, -1)) fc.assert(law(wrong.correct), { numRuns: 4 })
})
