import fc from 'fast-check'
import { describe, test } from 'vitest'
import * as laws from '../../src/laws/index.ts'
import { catalogue, single } from './catalogue.ts'
import { engines } from './engines.ts'
import { howOften } from './runs.ts'

/** Parameter draws for each law; every draw is judged at 1,024 points in the number formats of the target. */
const RUNS = howOften(4)

describe.each(catalogue)('$name', ({ bijector, context }) => {
  const options = { engines, ...(context && { context }) }
  test('inverse undoes forward', () => fc.assert(laws.undoes(bijector, options), RUNS))
  test('forward undoes inverse', () => fc.assert(laws.undoesBack(bijector, options), RUNS))
  test('logDet is log|det J|', () => fc.assert(laws.determinant(bijector, options), RUNS))
  test('logDet of the inverse is log|det J⁻¹|', () => fc.assert(laws.inverseDeterminant(bijector, options), RUNS))
  test('forward lands in the codomain', () => fc.assert(laws.staysInCodomain(bijector, options), RUNS))
  test('inverse lands in the domain', () => fc.assert(laws.staysInDomain(bijector, options), RUNS))
  test('gradients are finite', () => fc.assert(laws.hasFiniteGradients(bijector, options), RUNS))
  test('forward and reverse derivatives are transposes', () => fc.assert(laws.modesAgree(bijector, options), RUNS))
  test('derivatives are limits of differences', () => fc.assert(laws.derivesItself(bijector, options), RUNS))
  test('examples do not meet', () => fc.assert(laws.keepsExamplesApart(bijector, options), RUNS))
  test('rebuilt from its spec it is the same map', () => fc.assert(laws.savesItself(bijector, options), RUNS))
  test('it agrees with the reference', () => fc.assert(laws.agreesWithReference(bijector, options), RUNS))
  test('its derivatives agree with the reference', () =>
    fc.assert(laws.derivativesAgreeWithReference(bijector, options), RUNS))
})

describe.each(single)('$name', ({ bijector, context }) => {
  test('the formula is stable', () =>
    fc.assert(laws.roundsWell(bijector, { engines, ...(context && { context }), spreads: [0, 0.5] }), RUNS))
})
