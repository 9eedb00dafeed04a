import type { HostArray } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Flow } from '../flow.ts'
import { countParameters, joinPartition, type Partition } from '../parameters.ts'
import type { Arrays } from './arrays.ts'
import type { Best, EpochRecord } from './checkpoint.ts'
import type { Dataset } from './dataset.ts'
import type { FitError, Found } from './error.ts'
import type { Job, Position } from './job.ts'
import { logDensities } from './score.ts'

/** What a training found. Log-likelihoods are means per row in nats, in the units of the data. */
export interface Outcome {
  /** The best ones by validation; without validation, the last. */
  readonly params: Arrays
  /** Over the batches of the best epoch, each before its step. */
  readonly trainingLogLikelihood: number
  readonly validationLogLikelihood: number | undefined
  /** 0-based. */
  readonly bestEpoch: number
  readonly epochs: number
  readonly steps: number
  /** Numbers that the training moved. */
  readonly parameters: number
  readonly history: readonly EpochRecord[]
  /** Why it ended: all epochs were done, held-out rows gained no more, or there was nothing to train. */
  readonly reason: 'allEpochs' | 'noImprovement' | 'nothingToTrain'
  readonly seconds: number
}

const paramsOf = (flow: Flow, values: Partition<HostArray>): Arrays =>
  joinPartition(flow.parameters, values) as unknown as Arrays

/** The best parameters so far, for an error to carry. */
export const found = (flow: Flow, best: Best | undefined): Found | undefined =>
  best && { params: paramsOf(flow, best.values), epoch: best.epoch, logLikelihood: best.logLikelihood }

export const outcome = ({ flow }: Job, at: Position, reason: Outcome['reason'], seconds: number): Outcome => {
  const { epoch, values } = at.best!
  const { training, validation } = at.history[epoch]!
  return {
    params: paramsOf(flow, values),
    trainingLogLikelihood: training,
    validationLogLikelihood: validation,
    bestEpoch: epoch,
    epochs: at.history.length,
    steps: at.step,
    parameters: countParameters(flow.parameters, 'trained'),
    history: at.history,
    reason,
    seconds,
  }
}

/** A flow without trained parameters: its starting values, measured. */
export const untrained = async (
  { flow, training, validation, engine }: Job,
  values: Partition<HostArray>,
  seconds: () => number,
): Promise<E.Either<FitError, Outcome>> => {
  const params = paramsOf(flow, values)
  const mean = async (data: Dataset): Promise<number> => {
    const densities = await logDensities(flow, params, data, { engine })
    return densities.reduce((sum, x) => sum + x, 0) / data.rows
  }
  return E.right({
    params,
    trainingLogLikelihood: await mean(training),
    validationLogLikelihood: validation && (await mean(validation)),
    bestEpoch: 0,
    epochs: 0,
    steps: 0,
    parameters: 0,
    history: [],
    reason: 'nothingToTrain',
    seconds: seconds(),
  })
}
