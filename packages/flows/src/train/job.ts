import type { Engine } from '@diffeo/autodiff'
import type { Flow } from '../flow.ts'
import type { Best, Checkpoint, EpochRecord } from './checkpoint.ts'
import type { FitError } from './error.ts'
import type { Parts } from './holdOut.ts'
import type { FitOptions, Settings } from './options.ts'
import { found } from './outcome.ts'
import type { Session } from './session.ts'

/** A training whose data and settings have been checked. */
export interface Job extends Parts {
  readonly flow: Flow
  readonly settings: Settings
  readonly options: FitOptions
  readonly identity: Readonly<Record<string, string>>
  readonly engine: Engine
}

/** Where a training stands between two steps; advanced in place. */
export interface Position {
  epoch: number
  batch: number
  step: number
  /** Sum of the log-densities of the epoch's rows so far. */
  running: number
  best: Best | undefined
  readonly history: EpochRecord[]
  /** What share of its steps the optimiser goes. */
  damping: number
}

export const snapshot = async (
  { identity }: Job,
  session: Session,
  { damping, ...at }: Position,
): Promise<Checkpoint> => ({
  identity,
  ...at,
  ...(damping < 1 && { damping }),
  history: [...at.history],
  values: await session.values(),
  optimiser: await session.optimiser(),
  average: await session.average(),
})

/** Hands a checkpoint over; what its keeper throws ends the training as a value. */
export const keep = async ({ checkpoint: keeper }: FitOptions, taken: Checkpoint): Promise<FitError | undefined> => {
  try {
    await keeper?.(taken)
    return undefined
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    return { _tag: 'CheckpointFailed', epoch: taken.epoch, detail }
  }
}

/** Closes an epoch: its record, and the best parameters if these are. */
export const validated = async (job: Job, session: Session, at: Position): Promise<FitError | undefined> => {
  const training = at.running / job.training.rows
  const validation = job.validation ? await session.validate() : undefined
  const score = validation ?? training
  if (Number.isNaN(score)) {
    const { epoch, step } = at
    const tensor = 'validation log-likelihood'
    return { _tag: 'Diverged', epoch, step, tensor, value: score, row: undefined, best: found(job.flow, at.best) }
  }
  at.history.push({ training, validation })
  if (!job.validation || !at.best || score > at.best.logLikelihood)
    at.best = { epoch: at.epoch, logLikelihood: score, values: await session.candidate() }
  return undefined
}
