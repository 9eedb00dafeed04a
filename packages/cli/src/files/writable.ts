import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'

/** Whether the nearest folder above a path that exists takes new files: worth asking before a long training. */
export const writable = async (path: string): Promise<E.Either<CliError, void>> => {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK)
      return E.right(undefined)
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code === 'ENOENT' && at !== dirname(at)) continue
      const detail = code === 'EROFS' ? 'the file system is read-only' : `permission denied in ${at}`
      return E.left({ _tag: 'NotWritten', path, detail: code === 'ENOTDIR' ? `${at} is no folder` : detail })
    }
  }
}
