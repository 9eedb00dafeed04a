import type { DataError } from '../error.ts'
import type { Collector } from './collect.ts'

/** What the parser tells about a record besides its cells. */
interface Context {
  readonly lines: number
}

/** Settings of the CSV parser that hold for texts and files alike. */
export const dialect = (delimiter: string, collect: Collector, reached: { line: number }) => ({
  bom: true,
  delimiter,
  trim: true,
  skip_empty_lines: true,
  // Length is checked by the collector, which reports every ragged row instead of the first.
  relax_column_count: true,
  on_record: (cells: readonly string[], { lines }: Context): null => {
    // `lines` counts to the record's end; a quoted cell may span several.
    const breaks = cells.reduce((n, cell) => n + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0)
    reached.line = lines
    collect.record(cells, lines - breaks)
    return null
  },
})

const problems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opens here and is never closed',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a cell; double it and quote the whole cell',
  CSV_INVALID_CLOSING_QUOTE: 'more text follows the closing quote of a cell',
}

/** The parser's own complaint as ours; anything else is a fault of this program and is thrown on. */
export const malformed = (source: string, thrown: unknown, reached: { readonly line: number }): DataError => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
  if (code === undefined || !(code.startsWith('CSV_') || code in problems)) throw thrown
  const problem = problems[code] ?? (thrown as Error).message
  return { _tag: 'Malformed', source, line: reached.line + 1, problem }
}
