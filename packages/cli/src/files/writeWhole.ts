import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'

/** Writes a file whole or not at all: beside its place, then renamed. Makes the folders above it. */
export const writeWhole = async (path: string, content: string | Uint8Array): Promise<E.Either<CliError, void>> => {
  const place = resolve(path)
  let beside: string | undefined
  const remove = (): void => {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true })
  }
  // Also where the process ends in between.
  process.once('exit', remove)
  try {
    await mkdir(dirname(place), { recursive: true })
    beside = await mkdtemp(join(dirname(place), `.${basename(place)}-`))
    const fresh = join(beside, basename(place))
    await writeFile(fresh, content)
    await rename(fresh, place)
    return E.right(undefined)
  } catch (thrown) {
    return E.left({ _tag: 'NotWritten', path, detail: thrown instanceof Error ? thrown.message : String(thrown) })
  } finally {
    process.removeListener('exit', remove)
    remove()
  }
}
