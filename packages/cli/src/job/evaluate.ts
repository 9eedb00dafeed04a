import type { Engine } from '@diffeo/autodiff'
import type { Table } from '@diffeo/data'
import {
  type Arrays,
  type Diagnostics,
  diagnose,
  type FittedGaussians,
  type Flow,
  fitGaussians,
  type TheoryError,
  theory,
} from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError, Part } from '../error.ts'
import type { Prepared } from './prepare.ts'

/** A row of the file and its log-density in nats; rows are counted from 0, the header left out. */
export interface WorstRow {
  readonly row: number
  readonly logLikelihood: number
}

/** What a fitted flow is worth. Log-likelihoods are means per row in nats, in units of the training rows' standard deviations. */
export interface Evaluation {
  readonly testLogLikelihood: number
  /** Of that mean, over the test rows. */
  readonly standardError: number
  readonly testLogLikelihoodOriginalUnits: number
  /** No linear flow exceeds them on the training rows. */
  readonly ceilings: { readonly independentGaussian: number; readonly linear: number }
  /** What the Gaussians fitted to the training rows reach on the test rows. */
  readonly gaussianTest: { readonly independent: number; readonly full: number }
  /** Largest |x - f⁻¹(f(x))| on the test rows, in standard deviations of its column. */
  readonly roundTripError: number
  /** The least likely first. */
  readonly worstTestRows: readonly WorstRow[]
  /** On the training rows, for each latent coordinate: 0 and 1 at an optimum. */
  readonly latentMean: readonly number[]
  readonly latentSecondMoment: readonly number[]
  /** Mean log|det J| less what an exact flow of this likelihood has, on the training rows: 0 at an optimum. */
  readonly volumeBalance: number | null
}

const theoryError =
  ({ source }: Table, part: Part) =>
  (error: TheoryError): CliError => ({ _tag: 'Theory', source, part, error })

/** The Gaussians of the training rows: to compare with, and for their units. */
export const gaussiansOf = (train: Table): E.Either<CliError, FittedGaussians> =>
  E.mapLeft(theoryError(train, 'training'))(fitGaussians(train))

/** What no linear flow exceeds on the training rows. */
export const ceilingOf = (train: Table): E.Either<CliError, theory.LinearCeiling> =>
  E.mapLeft(theoryError(train, 'training'))(theory.linearCeiling(train))

/** What test rows are worth without a flow. */
const references = (
  { test }: Pick<Prepared, 'test'>,
  { independent, full }: FittedGaussians,
  { standardised }: theory.LinearCeiling,
): E.Either<CliError, Pick<Evaluation, 'ceilings' | 'gaussianTest'>> => {
  const apart = independent.meanLogLikelihood(test)
  if (E.isLeft(apart)) return E.left(theoryError(test, 'test')(apart.left))
  const together = full.meanLogLikelihood(test)
  if (E.isLeft(together)) return E.left(theoryError(test, 'test')(together.left))
  return E.right({
    ceilings: {
      independentGaussian: standardised.independent.value,
      linear: standardised.linear.value,
    },
    gaussianTest: { independent: apart.right, full: together.right },
  })
}

/** Judges a flow by test rows, and by what holds at an optimum on training rows. */
export const evaluate = async (
  flow: Flow,
  params: Arrays,
  rows: Pick<Prepared, 'train' | 'test'>,
  gaussians: FittedGaussians,
  ceiling: theory.LinearCeiling,
  engine: Engine,
): Promise<E.Either<CliError, Evaluation>> => {
  const reference = references(rows, gaussians, ceiling)
  if (E.isLeft(reference)) return reference
  const test = await diagnose(flow, params, rows.test, { engine })
  const train = await diagnose(flow, params, rows.train, { engine })
  const { logScale } = gaussians.independent
  const values = (estimates: Diagnostics['latent']['mean']): readonly number[] => estimates.map(({ value }) => value)
  return E.right({
    testLogLikelihood: test.logLikelihood.value + logScale,
    standardError: test.logLikelihood.standardError,
    testLogLikelihoodOriginalUnits: test.logLikelihood.value,
    ...reference.right,
    roundTripError: test.roundTrip.relative,
    worstTestRows: test.worst.map(({ row, logDensity }) => ({
      row: rows.test.origin[row]!,
      logLikelihood: logDensity + logScale,
    })),
    latentMean: values(train.latent.mean),
    latentSecondMoment: values(train.latent.secondMoment),
    volumeBalance: train.volume.gap ?? null,
  })
}
