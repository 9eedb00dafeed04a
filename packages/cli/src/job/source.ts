import { type DataError, readCsv, type Table } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { type RowChoice, textColumns } from './rowChoice.ts'

/** The table of a CSV file: the columns asked for, or all that are numbers. */
export const read = async (
  file: string,
  columns: readonly string[] | undefined,
  rows: RowChoice,
): Promise<E.Either<CliError, Table>> => {
  const table = await readCsv(file, { labels: textColumns(rows), ...(columns === undefined ? {} : { columns }) })()
  return E.mapLeft((error: DataError): CliError => ({ _tag: 'Data', error }))(table)
}
