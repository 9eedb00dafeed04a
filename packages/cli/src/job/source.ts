import { readCsv, type Table, toys } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { type RowChoice, textColumns } from './rowChoice.ts'

/** Rows to work with, and what is known of where they came from. */
export interface Source {
  readonly table: Table
  /** Differential entropy of the distribution they were drawn from, nats, in the data's own units; of toys alone. */
  readonly entropy?: number
}

/** How a toy density is named in place of a file: `toy:moons`, or `toy:moons:5000` for as many rows. */
const TOY = /^toy:([^:]*)(?::([1-9]\d*))?$/
const TOY_ROWS = 10_000

/** The rows of a CSV file, with the columns asked for or all that are numbers; or rows drawn from a toy density. */
export const read = async (
  file: string,
  columns: readonly string[] | undefined,
  rows: Pick<RowChoice, 'label' | 'trainWhere' | 'split'>,
): Promise<E.Either<CliError, Source>> => {
  const texts = textColumns(rows)
  if (TOY.test(file)) return drawn(file, columns !== undefined || texts.length > 0)
  const table = await readCsv(file, { labels: texts, ...(columns === undefined ? {} : { columns }) })()
  if (E.isLeft(table)) return E.left({ _tag: 'Data', error: table.left })
  return E.right({ table: table.right })
}

const drawn = (file: string, choosy: boolean): E.Either<CliError, Source> => {
  const [, name, count] = TOY.exec(file)!
  const toy = toys.find((known) => wordOf(known.name) === name)
  if (toy === undefined)
    return usage(
      `${file}: there is no such toy density; there are ${toys.map((known) => wordOf(known.name)).join(', ')}.`,
    )
  if (choosy)
    return usage(`${file}: a toy density has the columns x and y and no others; leave columns and labels out.`)
  return E.right({ table: toy.sample(0, Number(count ?? TOY_ROWS)), entropy: toy.entropy })
}

/** Whether rows are to be drawn, not read. */
export const isToy = (file: string): boolean => TOY.test(file)

/** As one word of a command line. */
const wordOf = (name: string): string => name.replaceAll(' ', '-')

const usage = (line: string): E.Either<CliError, never> => E.left({ _tag: 'Usage', line })

/** A file's name without its folder and endings, as part of another file's name. */
export const stemOf = (file: string, otherwise: string): string =>
  file
    .replace(/^.*[/\\]/, '')
    .replace(/(\.(csv|tsv|txt))?(\.gz)?$/i, '')
    .replaceAll(':', '-') || otherwise
