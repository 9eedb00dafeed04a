import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { FlowKinds } from '../rebuildFlow.ts'
import type { Checkpoint } from '../train/checkpoint.ts'
import { CHECKPOINT, checkpointFromFiles, checkpointToFiles } from './checkpoint.ts'
import type { Format } from './document.ts'
import type { ModelError } from './error.ts'
import type { Files } from './files.ts'
import { MODEL, type Model, modelFromFiles, modelToFiles } from './model.ts'

export interface SaveOptions {
  /** Whether an earlier one may be replaced. By default false. */
  readonly replace?: boolean
  /** More files for the folder, such as a summary; they are replaced together with it. */
  readonly extra?: Files
}

/**
 * Writes a model as a folder of `model.json`, `weights.bin` and the extra files. The folder appears whole or not at
 * all: it is written beside its place and then renamed. A folder that holds anything but an earlier model is refused.
 */
export const saveModel = (folder: string, model: Model, options: SaveOptions = {}): TaskEither<ModelError, string> =>
  saveFolder(folder, MODEL, { ...options.extra, ...modelToFiles(model) }, options.replace ?? false)

/** The model in a folder, with a user's own kinds of layers where it has any. */
export const loadModel =
  (folder: string, kinds?: FlowKinds): TaskEither<ModelError, Model> =>
  async () => {
    const files = await readFiles(folder, MODEL)
    return E.isLeft(files) ? files : modelFromFiles(files.right, kinds)
  }

/** Writes a checkpoint as a folder, in place of the one before it. */
export const saveCheckpoint = (folder: string, checkpoint: Checkpoint): TaskEither<ModelError, string> =>
  saveFolder(folder, CHECKPOINT, checkpointToFiles(checkpoint), true)

/** The checkpoint in a folder. */
export const loadCheckpoint =
  (folder: string): TaskEither<ModelError, Checkpoint> =>
  async () => {
    const files = await readFiles(folder, CHECKPOINT)
    return E.isLeft(files) ? files : checkpointFromFiles(files.right)
  }

/** Whether a folder can take a model: undefined, or the reason why not. Worth asking before a long training. */
export const refusal = async (folder: string, replace: boolean): Promise<ModelError | undefined> =>
  refusalOf(resolve(folder), MODEL, replace)

/** The list of all its files, so that a folder is known as a whole when it is to be replaced. */
const CONTENTS = 'contents.json'

const saveFolder =
  (folder: string, kind: Format, files: Files, replace: boolean): TaskEither<ModelError, string> =>
  async () => {
    const place = resolve(folder)
    const refused = await refusalOf(place, kind, replace)
    if (refused) return E.left(refused)
    const [fresh, old] = ['writing', 'previous'].map((word) => join(dirname(place), `.${basename(place)}.${word}`))
    try {
      await rm(fresh!, { recursive: true, force: true })
      await mkdir(fresh!, { recursive: true })
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(fresh!, name), bytes, { flush: true })
      await writeFile(join(fresh!, CONTENTS), `${JSON.stringify([...Object.keys(files), CONTENTS].sort())}\n`)
      await rm(old!, { recursive: true, force: true })
      if (await exists(place)) await rename(place, old!)
      await rename(fresh!, place)
      await rm(old!, { recursive: true, force: true })
      return E.right(place)
    } catch (thrown) {
      // The earlier one goes back to its place if the new one did not get there.
      if (!(await exists(place)) && (await exists(old!))) await rename(old!, place)
      await rm(fresh!, { recursive: true, force: true }).catch(() => {})
      return E.left({ _tag: 'Unwritable', path: place, detail: reasonOf(thrown) })
    }
  }

const refusalOf = async (place: string, kind: Format, replace: boolean): Promise<ModelError | undefined> => {
  try {
    if (!(await exists(place))) return undefined
    if (!(await stat(place)).isDirectory()) return { _tag: 'Occupied', path: place, found: 'a file' }
    const names = await readdir(place)
    if (names.length === 0) return undefined
    const own = names.includes(kind.json) ? await contentsOf(place) : []
    const foreign = names.find((name) => !own.includes(name))
    if (foreign !== undefined) return { _tag: 'Occupied', path: place, found: `"${foreign}"` }
    return replace ? undefined : { _tag: 'Exists', path: place }
  } catch (thrown) {
    return { _tag: 'Unwritable', path: place, detail: reasonOf(thrown) }
  }
}

const contentsOf = async (place: string): Promise<readonly unknown[]> => {
  try {
    const names: unknown = JSON.parse(await readFile(join(place, CONTENTS), 'utf8'))
    return Array.isArray(names) ? names : []
  } catch {
    return []
  }
}

const readFiles = async (folder: string, kind: Format): Promise<E.Either<ModelError, Files>> => {
  const files: Record<string, Uint8Array> = {}
  for (const name of [kind.json, kind.binary]) {
    const path = join(folder, name)
    try {
      files[name] = await readFile(path)
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return E.left({ _tag: 'Missing', path })
      return E.left({ _tag: 'Unreadable', path, detail: reasonOf(thrown) })
    }
  }
  return E.right(files)
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

const codeOf = (thrown: unknown): string | undefined =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : undefined

const reasonOf = (thrown: unknown): string => {
  switch (codeOf(thrown)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'ENOSPC':
      return 'no space left on the device'
    case 'ENOTDIR':
      return 'a part of the path is a file'
    case 'EISDIR':
      return 'it is a folder'
    case 'EROFS':
      return 'the file system is read-only'
  }
  return thrown instanceof Error ? thrown.message : String(thrown)
}
