import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { FlowKinds } from '../rebuildFlow.ts'
import type { Checkpoint } from '../train/checkpoint.ts'
import { CHECKPOINT, checkpointFromFiles, checkpointToFiles } from './checkpoint.ts'
import { readFolder, refusalOf, writeFolder } from './disk.ts'
import type { ModelError } from './error.ts'
import type { Files } from './files.ts'
import { MODEL, type Model, modelFromFiles, modelToFiles } from './model.ts'

/** Options of `saveModel`. */
export interface SaveOptions {
  /** Whether an earlier one may be replaced. By default false. */
  readonly replace?: boolean
  /** More files for the folder, such as a summary; they are replaced together with it. */
  readonly extra?: Files
}

/**
 * Writes a model as a folder of `model.json`, `weights.bin` and the extra files, and gives its path. The folder appears
 * whole or not at all: it is written beside its place and then renamed. A folder that holds anything but an earlier
 * model is refused. Only where there are folders: in a page, `modelToFiles` gives the same files.
 *
 * @example
 * const saved = await saveModel('out/model', { flow, params, columns: ['x', 'y'], metadata: null })()
 */
export const saveModel = (folder: string, model: Model, options: SaveOptions = {}): TaskEither<ModelError, string> =>
  writeFolder(folder, MODEL, { ...options.extra, ...modelToFiles(model) }, options.replace ?? false)

/**
 * The model in a folder, with a user's own kinds of layers where it has any. Nothing in the files is run as code.
 * Only where there are folders: in a page, `modelFromFiles` takes the same files.
 */
export const loadModel =
  (folder: string, kinds?: FlowKinds): TaskEither<ModelError, Model> =>
  async () => {
    const files = await readFolder(folder, MODEL)
    return E.isLeft(files) ? files : modelFromFiles(files.right, kinds)
  }

/** Writes a checkpoint as a folder, in place of the one before it, and gives its path. */
export const saveCheckpoint = (folder: string, checkpoint: Checkpoint): TaskEither<ModelError, string> =>
  writeFolder(folder, CHECKPOINT, checkpointToFiles(checkpoint), true)

/** The checkpoint in a folder. */
export const loadCheckpoint =
  (folder: string): TaskEither<ModelError, Checkpoint> =>
  async () => {
    const files = await readFolder(folder, CHECKPOINT)
    return E.isLeft(files) ? files : checkpointFromFiles(files.right)
  }

/** Whether a folder can take a model: undefined, or the reason why not. Worth asking before a long training. */
export const refusal = (folder: string, replace: boolean): Promise<ModelError | undefined> =>
  refusalOf(folder, MODEL, replace)
