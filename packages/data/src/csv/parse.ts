import { parse } from 'csv-parse/sync'
import type * as E from 'fp-ts/lib/Either.js'
import { left } from 'fp-ts/lib/Either.js'
import type { DataError } from '../error.ts'
import type { Table } from '../table.ts'
import { collector } from './collect.ts'
import { dialect, malformed } from './dialect.ts'
import { type CsvOptions, guessDelimiter } from './options.ts'

/**
 * A table from CSV text.
 *
 * Columns that hold more numbers than text (among the first 1,000 rows) are numeric, the others are kept as labels.
 * Every cell of a numeric column must be a finite decimal number; all that are not are reported together, each with
 * its line and column. Blank lines are skipped, spaces around cells dropped, a byte-order mark and either line ending
 * accepted.
 *
 * @example
 * parseCsv()('x,y,kind\n1,2,star\n3,4,galaxy') // => right: columns x and y, label kind
 */
export const parseCsv =
  (options: CsvOptions = {}, source = 'the CSV text') =>
  (text: string): E.Either<DataError, Table> => {
    const collect = collector(source, options)
    const reached = { line: 0 }
    try {
      parse(text, dialect(options.delimiter ?? guessDelimiter(text), collect, reached))
    } catch (thrown) {
      return left(malformed(source, thrown, reached))
    }
    return collect.finish()
  }
