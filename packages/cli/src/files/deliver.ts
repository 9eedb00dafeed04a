import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from './writeWhole.ts'

/** A result in pieces: into a file, whole or not at all, or to standard output. */
export const deliver = async (
  terminal: Terminal,
  pieces: Iterable<string>,
  path: string | undefined,
): Promise<E.Either<CliError, void>> => {
  if (path !== undefined) return writeWhole(path, [...pieces].join(''))
  for (const piece of pieces) terminal.out.write(piece)
  return E.right(undefined)
}
