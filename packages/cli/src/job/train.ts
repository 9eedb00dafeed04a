import { performance } from 'node:perf_hooks'
import type { Engine } from '@diffeo/autodiff'
import { type Checkpoint, type FitError, type FitEvent, type Flow, fit, type Outcome } from '@diffeo/flows'
import type * as E from 'fp-ts/lib/Either.js'
import type { Moment } from '../progress/moment.ts'
import { progress } from '../progress/progress.ts'
import type { Terminal } from '../terminal.ts'
import type { Prepared } from './prepare.ts'

/** How a fit goes about it; what is left out is as the library has it. */
export interface Training {
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly patience: number
}

/** What log-likelihoods are shown in, and held against. */
export interface Marks {
  /** Added to them: from the data's units to standard deviations. */
  readonly shift: number
  /** What no linear flow exceeds on the training rows, and the distribution's own density where it is known; shifted already. */
  readonly linear: number
  readonly exact?: number
}

/** What surrounds a training: where it is shown, what stops it, where it goes on from. */
export interface Surroundings {
  readonly terminal: Terminal
  readonly title: string
  readonly signal: AbortSignal
  readonly engine: Engine
  readonly marks: Marks
  /** Told what a user should know before trusting the result. */
  readonly warn: (line: string) => void
  readonly initial?: Outcome['params']
  readonly resumeFrom?: Checkpoint
  /** Keeps a checkpoint; rejects where it cannot. */
  readonly keep?: (checkpoint: Checkpoint) => Promise<void>
}

/** Checkpoints are written this often, besides the one when the user stops the training: milliseconds. */
const KEEP_EVERY = 10_000

/** Fits a flow to prepared rows and shows how it goes. */
export const train = async (
  flow: Flow,
  rows: Pick<Prepared, 'train' | 'validation'>,
  training: Training,
  { terminal, title, signal, engine, marks, warn, initial, resumeFrom, keep }: Surroundings,
): Promise<E.Either<FitError, Outcome>> => {
  const shown = progress(terminal, title)
  const follow = follower(marks)
  let kept = performance.now()
  try {
    return await fit(flow, rows.train, {
      ...training,
      validation: rows.validation,
      signal,
      engine,
      onEvent: (event) => {
        if (event._tag === 'OtherEngine') warn(otherEngine(event))
        const moment = follow(event)
        if (moment !== undefined) shown.show(moment)
      },
      ...(initial === undefined ? {} : { initial }),
      ...(resumeFrom === undefined ? {} : { resumeFrom }),
      ...(keep === undefined
        ? {}
        : {
            checkpoint: async (checkpoint: Checkpoint) => {
              if (!signal.aborted && performance.now() - kept < KEEP_EVERY) return
              await keep(checkpoint)
              kept = performance.now()
            },
          }),
    })()
  } finally {
    shown.stop()
  }
}

const otherEngine = ({ before, now }: Extract<FitEvent, { readonly _tag: 'OtherEngine' }>): string =>
  `the checkpoint was made on ${before ?? 'an engine that it does not name'} and is continued on ${now}; the last digits may differ from those of a fit that was never stopped.`

/** Turns the events of a training into moments to show. */
const follower = ({ shift, ...marks }: Marks): ((event: FitEvent) => Moment | undefined) => {
  let now: Moment | undefined
  return (event) => {
    switch (event._tag) {
      case 'Started': {
        const { step, epochs, stepsPerEpoch } = event
        const epoch = Math.floor(step / stepsPerEpoch)
        now = { step, steps: epochs * stepsPerEpoch, epoch, epochs, validation: undefined, best: undefined, ...marks }
        return now
      }
      case 'Step':
        now = now && { ...now, step: event.step }
        return now
      case 'Epoch':
        now = now && {
          ...now,
          step: event.step,
          epoch: event.epoch + 1,
          validation: event.validation === undefined ? undefined : event.validation + shift,
          best: event.best + shift,
        }
        return now
      case 'OtherEngine':
      case 'Finished':
        return undefined
    }
  }
}
