import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Format } from './document.ts'
import type { ModelError } from './error.ts'
import type { Files } from './files.ts'

/** Loaded where a folder is touched, so that what only packs and unpacks models also runs where there are no files. */
const node = async () => ({ ...(await import('node:fs/promises')), ...(await import('node:path')) })

/** The list of all its files, so that a folder is known as a whole when it is to be replaced. */
const CONTENTS = 'contents.json'

/** Writes files as a folder, whole or not at all: beside its place, and then renamed. Gives the path. */
export const writeFolder =
  (folder: string, kind: Format, files: Files, replace: boolean): TaskEither<ModelError, string> =>
  async () => {
    const { basename, dirname, join, mkdir, rename, resolve, rm, writeFile } = await node()
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

/** The two files of a format from a folder. */
export const readFolder = async (folder: string, kind: Format): Promise<E.Either<ModelError, Files>> => {
  const { join, readFile } = await node()
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

/** Why a folder cannot be written, or undefined: it is free, or holds nothing but an earlier one that may go. */
export const refusalOf = async (folder: string, kind: Format, replace: boolean): Promise<ModelError | undefined> => {
  const { readdir, resolve, stat } = await node()
  const place = resolve(folder)
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
  const { join, readFile } = await node()
  try {
    const names: unknown = JSON.parse(await readFile(join(place, CONTENTS), 'utf8'))
    return Array.isArray(names) ? names : []
  } catch {
    return []
  }
}

const exists = async (path: string): Promise<boolean> => {
  const { stat } = await node()
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
