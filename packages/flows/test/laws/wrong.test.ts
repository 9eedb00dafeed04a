import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bijector, builtInKinds } from '../../src/index.ts'
import {
  derivesItself,
  determinant,
  hasFiniteGradients,
  inverseDeterminant,
  keepsExamplesApart,
  type Law,
  roundsWell,
  savesItself,
  staysInCodomain,
  staysInDomain,
  undoes,
  undoesBack,
} from '../../src/laws/index.ts'
import * as wrong from './wrong.ts'

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
  ['keepsExamplesApart', keepsExamplesApart, wrong.examplesMeet, /depends on the others/],
  ['roundsWell', roundsWell, wrong.cancels, /the formula is stable: logDet/],
  ['savesItself', (b) => savesItself(b, { kinds }), wrong.forgetful(1), /rebuilt from its spec/],
]

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
