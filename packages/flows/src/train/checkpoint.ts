import type { Engine, HostArray } from '@diffeo/autodiff'
import { crc32 } from '../checksum.ts'
import type { Flow } from '../flow.ts'
import type { Partition } from '../parameters.ts'
import type { Arrays } from './arrays.ts'
import type { Dataset } from './dataset.ts'
import type { FitError } from './error.ts'
import type { Settings } from './options.ts'

/** One epoch as it ended; mean log-likelihoods per row in nats. */
export interface EpochRecord {
  /** Over the epoch's batches, each before its own step. */
  readonly training: number
  /** Undefined where nothing was held out. */
  readonly validation: number | undefined
}

/** The best parameters of a training so far. */
export interface Best {
  /** 0-based. */
  readonly epoch: number
  readonly logLikelihood: number
  readonly values: Partition<HostArray>
}

/** All that the next step depends on: a training that is resumed from it gives the same bits as one that never stopped. */
export interface Checkpoint {
  /** What the training was, to refuse a checkpoint of another; and the engine it ran on, by which the last digits may differ. */
  readonly identity: Readonly<Record<string, string>>
  /** Where in the training: 0-based epoch, batches of it already taken, steps in all. */
  readonly epoch: number
  readonly batch: number
  readonly step: number
  /** Sum of the log-densities of the epoch's rows so far. */
  readonly running: number
  readonly values: Partition<HostArray>
  readonly optimiser: Arrays
  readonly average: Arrays | undefined
  readonly best: Best | undefined
  readonly history: readonly EpochRecord[]
  /** What share of its steps the optimiser goes; 1 where it is left out. */
  readonly damping?: number
}

/** Everything that decides the bits of a training but the engine, in words. */
export const identityOf = (
  flow: Flow,
  training: Dataset,
  validation: Dataset | undefined,
  settings: Settings,
): Readonly<Record<string, string>> => ({
  flow: JSON.stringify(flow.spec),
  'training data': fingerprint(training),
  'validation data': validation ? fingerprint(validation) : 'none',
  settings: JSON.stringify(settings),
})

/** What of an engine decides bits, in words: `wasm float32`. Its threads do not. */
export const engineName = ({ target, precision }: Engine): string => `${target} ${precision}`

const fingerprint = ({ rows, data }: Dataset): string =>
  `${rows} rows, checksum ${crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`

/** The first way in which a checkpoint differs from the training that is to continue it; on another engine it may go on. */
export const mismatch = (
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): FitError | undefined => {
  const what = Object.keys(expected).find((key) => expected[key] !== found[key])
  return what === undefined
    ? undefined
    : { _tag: 'OtherTraining', what, expected: expected[what]!, found: found[what] ?? 'missing' }
}
