import { moments, type Table } from '@diffeo/data'
import { type Flow, maf, neuralSplineFlow, type Real, realNVP } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import type { FlowChoice } from './flowChoice.ts'

/** The flow for the columns of a table, standardised by its rows. Couplings are refused for one column. */
export const flowFor = (choice: FlowChoice, train: Table): E.Either<CliError, Flow<Real, Real>> => {
  const { kind, layers, hidden, activation, mixing = false, spline } = choice
  if (train.columns.length === 1 && kind !== 'maf')
    return E.left({ _tag: 'OneColumn', source: train.source, column: train.columns[0]!, flow: kind })
  const { mean, standardDeviation } = moments(train)
  const common = {
    dim: train.columns.length,
    layers,
    hidden,
    mixing,
    standardise: { mean, standardDeviation },
    ...(activation && { activation }),
  }
  switch (kind) {
    case 'nsf':
      return E.right(neuralSplineFlow({ ...common, ...spline }))
    case 'maf':
      return E.right(maf(common))
    case 'realnvp':
      return E.right(realNVP(common))
  }
}
