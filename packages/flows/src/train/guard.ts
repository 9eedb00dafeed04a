import type { HostArray } from '@diffeo/autodiff'
import type { Partition } from '../parameters.ts'
import type { FitError } from './error.ts'
import type { FitEvent } from './event.ts'
import type { Job, Position } from './job.ts'
import { found } from './outcome.ts'
import type { Session } from './session.ts'
import { openWatch, type Stretched } from './watch.ts'

/** Decides after the steps of an epoch, and where its validation failed, how a training goes on. */
export interface Guard {
  /**
   * What ended the epoch early, or its validation, comes in. What comes out ends the training; nothing where it goes on;
   * `undone` where the epoch was taken back.
   */
  judge(at: Position, failure: FitError | undefined): Promise<FitError | 'undone' | undefined>
  /** The epoch is over and stands: what comes after it may go back to here. */
  passed(): Promise<void>
  close(): void
}

/** Steps that are shorter than this go nowhere. */
const LEAST_DAMPING = 2 ** -20

/** Lets everything pass where no watch was asked for. */
export const openGuard = async (
  job: Job,
  session: Session,
  start: Partition<HostArray>,
  emit: (event: FitEvent) => void,
  seconds: () => number,
): Promise<Guard> => {
  const { watch: settings } = job.settings
  if (!settings) return { judge: async (_, failure) => failure, passed: async () => undefined, close: () => undefined }
  const { stretch: limit, action, rows } = settings
  const watch = await openWatch(job, rows, start)
  const stateNow = async () => [await session.values(), await session.optimiser(), await session.average()] as const
  let stable = action === 'damp' ? await stateNow() : undefined
  const tell = (at: Position, { forward, inverse }: Stretched, outcome: 'warned' | 'damped' | 'stopped'): void =>
    emit({
      _tag: 'Unstable',
      epoch: at.epoch,
      step: at.step,
      forward,
      inverse,
      limit,
      outcome,
      damping: at.damping,
      seconds: seconds(),
    })
  return {
    judge: async (at, failure) => {
      const broken = failure?._tag === 'Diverged'
      if (failure && !(broken && stable)) return failure
      const seen = broken ? { forward: Infinity, inverse: Infinity } : await watch.look(await session.candidate())
      if (seen.forward <= limit && seen.inverse <= limit) return undefined
      if (action === 'warn') {
        tell(at, seen, 'warned')
        return undefined
      }
      const hopeless = at.damping <= LEAST_DAMPING || (!at.best && at.epoch + 1 === job.settings.epochs)
      if (!stable || hopeless) {
        tell(at, seen, 'stopped')
        const { epoch, step } = at
        return failure ?? { _tag: 'Unstable', epoch, step, ...seen, limit, best: found(job.flow, at.best) }
      }
      session.restore(...stable)
      at.damping /= 2
      tell(at, seen, 'damped')
      at.history.push({ training: at.running / job.training.rows, validation: undefined })
      Object.assign(at, { epoch: at.epoch + 1, batch: 0, running: 0 })
      return 'undone'
    },
    passed: async () => {
      if (stable) stable = await stateNow()
    },
    close: () => watch.close(),
  }
}
