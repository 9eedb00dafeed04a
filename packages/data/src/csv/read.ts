import type * as E from 'fp-ts/lib/Either.js'
import { left } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../error.ts'
import type { Table } from '../table.ts'
import { collector } from './collect.ts'
import { dialect, malformed } from './dialect.ts'
import { type CsvOptions, guessDelimiter } from './options.ts'
import { foreignFormat, isGzip } from './signature.ts'

const unreadable = (source: string, thrown: unknown): DataError => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  if (code.startsWith('Z_')) return { _tag: 'CorruptGzip', source, detail }
  const reason =
    ({ ENOENT: 'missing', ENOTDIR: 'missing', EISDIR: 'folder', EACCES: 'denied', EPERM: 'denied' } as const)[code] ??
    'failed'
  return { _tag: 'Unreadable', source, reason, detail }
}

/** The bytes of a file, unpacked where they begin like gzip. Failures are thrown into the loop that reads. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  // Loaded here, so that the rest of the package also runs where there are no files.
  const { createReadStream } = await import('node:fs')
  const { createGunzip } = await import('node:zlib')
  const { pipeline } = await import('node:stream')
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  const chunks = file[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  if (!isGzip(first.value)) yield* all()
  // A failure on the way ends the last stream of the pipeline with it, so the loop over it sees the failure.
  else yield* pipeline(all, createGunzip({ chunkSize: 1 << 18 }), () => undefined)
}

const collectFile = async (path: string, options: CsvOptions): Promise<E.Either<DataError, Table>> => {
  const { parse } = await import('csv-parse')
  const collect = collector(path, options)
  const reached = { line: 0 }
  let parser: ReturnType<typeof parse> | undefined
  let faulty: { readonly thrown: unknown } | undefined
  let ended: Promise<void> = Promise.resolve()
  try {
    for await (const bytes of bytesOf(path)) {
      if (parser === undefined) {
        const foreign = foreignFormat(bytes)
        if (foreign !== undefined) return left({ _tag: 'NotText', source: path, found: foreign })
        const delimiter = options.delimiter ?? guessDelimiter(new TextDecoder().decode(bytes))
        const opened = parse(dialect(delimiter, collect, reached))
        ended = new Promise((resolve) => {
          opened.on('end', resolve)
          opened.on('error', (thrown) => {
            faulty = { thrown }
            resolve()
          })
        })
        parser = opened.resume()
      }
      // Records go to the collector while they are written, so nothing queues up.
      parser.write(bytes)
      if (parser.destroyed) break
    }
  } catch (thrown) {
    parser?.destroy()
    return left(unreadable(path, thrown))
  }
  if (parser !== undefined && !parser.destroyed) parser.end()
  await ended
  return faulty === undefined ? collect.finish() : left(malformed(path, faulty.thrown, reached))
}

/**
 * A table from a CSV file, gzip or plain (told by its first bytes, not its name), read as a stream: memory holds the
 * numbers and labels, never the text. Reads as `parseCsv` does.
 *
 * @example
 * const outcome = await readCsv('survey.csv', { labels: ['target_class'] })()
 */
export const readCsv =
  (path: string, options: CsvOptions = {}): TaskEither<DataError, Table> =>
  () =>
    collectFile(path, options)
