import type { Engine } from '@diffeo/autodiff'
import { mistake } from '../mistake.ts'
import type { Arrays } from './arrays.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Dataset } from './dataset.ts'
import type { FitEvent } from './event.ts'
import type { StretchPenalty } from './penalty.ts'
import type { WatchOptions } from './watch.ts'

/** Options of `fit`. A number outside its range throws before anything runs. */
export interface FitOptions {
  /** A whole number from 0; the same seed gives the same result to the bit. By default 0. */
  readonly seed?: number
  /** Rows held out to stop early and to choose the best parameters: a table, or a share of the rows in [0, 1). By default 0.1. */
  readonly validation?: Dataset | number
  /** Most passes over the data; the learning rate falls along them. By default 100. */
  readonly epochs?: number
  /** Most rows in a step. By default 256. */
  readonly batchSize?: number
  /** Of Adam, at its highest. By default 1e-3. */
  readonly learningRate?: number
  /** Share of all steps over which the learning rate rises. By default 0.02. */
  readonly warmup?: number
  /** The last learning rate as a share of the highest. By default 0.01. */
  readonly finalRate?: number
  /** Largest global norm of a gradient. By default 5. */
  readonly clip?: number
  /** Epochs without a better validation before the training stops. By default 30. */
  readonly patience?: number
  /** Decay, in (0, 1), of a running average of the parameters, which is then what is validated and returned. By default none. */
  readonly average?: number
  /** Charges the flow for stretching too far along random directions. By default none. */
  readonly penalty?: StretchPenalty
  /** Looks after every epoch at how far the flow and its inverse stretch, and warns, damps or stops. By default not. */
  readonly watch?: WatchOptions
  /** Start from these parameters, such as another training's, in place of fresh ones. */
  readonly initial?: Arrays
  /** Ends the training with `Aborted`, which carries a checkpoint. */
  readonly signal?: AbortSignal
  /** Told of the start, of every step and epoch, and of the end. */
  readonly onEvent?: (event: FitEvent) => void
  /** Given a checkpoint after every `checkpointEvery` epochs, and when the training is aborted; awaited. */
  readonly checkpoint?: (checkpoint: Checkpoint) => void | Promise<void>
  /** By default 1. */
  readonly checkpointEvery?: number
  /**
   * Continue this training: on the engine it ran on to the same bits as if it had never stopped, on another, which an
   * event then tells, to the same but for rounding.
   */
  readonly resumeFrom?: Checkpoint
  /** Where to compute; by default on an engine of the training's own, `open('auto')`. */
  readonly engine?: Engine
}

/** The options that decide a training's bits, with their defaults. */
export interface Settings {
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly warmup: number
  readonly finalRate: number
  readonly clip: number
  readonly patience: number
  readonly average: number | null
  /** Left out where they are not asked for. */
  readonly penalty?: Required<StretchPenalty>
  readonly watch?: Required<WatchOptions>
}

const between = (low: number, high: number) => (x: number) => x >= low && x <= high
const whole = (low: number) => (x: number) => Number.isSafeInteger(x) && x >= low

/** @throws when an option is outside its range */
export const settingsOf = (options: FitOptions): Settings => {
  const wants = (name: string, value: number, holds: (x: number) => boolean, range: string): number =>
    holds(value) ? value : mistake(`fit: ${name} is ${range}, got ${value}.`)
  const positive = (x: number): boolean => x > 0 && x < Infinity
  return {
    seed: wants('seed', options.seed ?? 0, whole(0), 'a whole number from 0 to 2^53 - 1'),
    epochs: wants('epochs', options.epochs ?? 100, whole(1), 'a whole number from 1'),
    batchSize: wants('batchSize', options.batchSize ?? 256, whole(1), 'a whole number from 1'),
    learningRate: wants('learningRate', options.learningRate ?? 1e-3, positive, 'a positive number'),
    warmup: wants('warmup', options.warmup ?? 0.02, between(0, 1), 'a share from 0 to 1'),
    finalRate: wants('finalRate', options.finalRate ?? 0.01, between(0, 1), 'a share from 0 to 1'),
    clip: wants('clip', options.clip ?? 5, (x) => x > 0, 'a positive number'),
    patience: wants('patience', options.patience ?? 30, (x) => x === Infinity || whole(1)(x), 'a whole number from 1'),
    average:
      options.average === undefined
        ? null
        : wants('average', options.average, (x) => x > 0 && x < 1, 'strictly between 0 and 1'),
    ...(options.penalty && {
      penalty: {
        weight: wants('penalty.weight', options.penalty.weight, positive, 'a positive number'),
        forward: wants('penalty.forward', options.penalty.forward ?? 100, positive, 'a positive number'),
        inverse: wants('penalty.inverse', options.penalty.inverse ?? 100, positive, 'a positive number'),
      },
    }),
    ...(options.watch && {
      watch: {
        stretch: wants('watch.stretch', options.watch.stretch ?? 1e4, positive, 'a positive number'),
        rows: wants('watch.rows', options.watch.rows ?? 32, whole(1), 'a whole number from 1'),
        action: options.watch.action ?? 'warn',
      },
    }),
  }
}
