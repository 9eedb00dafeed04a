import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readCsv } from '../csv/read.ts'
import type { DataError } from '../error.ts'
import type { Table } from '../table.ts'

/**
 * The HTRU2 survey: 17,898 pulsar candidates from real radio-telescope data, 8 measurements each and the label
 * `target_class` (`pulsar` 1,639 times, `not_pulsar` 16,259 times), in the order and with all digits of the source.
 *
 * R. J. Lyon, B. W. Stappers, S. Cooper, J. M. Brooke, J. D. Knowles, Fifty Years of Pulsar Candidate Selection: From
 * simple filters to a new principled real-time classification approach, MNRAS 459 (2016). DOI 10.24432/C5DK6R,
 * licence CC BY 4.0.
 *
 * @example
 * const survey = await htru2()()
 */
export const htru2 = (): TaskEither<DataError, Table> => async () => {
  const { fileURLToPath } = await import('node:url')
  // The samples folder lies beside src and beside dist, so one path serves both.
  return readCsv(fileURLToPath(new URL('../../samples/htru2.csv.gz', import.meta.url)))()
}
