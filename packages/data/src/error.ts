/** Why a cell of a numeric column is not a number that a density can be fitted to. */
export type CellFault = 'text' | 'empty' | 'notANumber' | 'infinite'

/** One cell that is not a finite number. */
export interface BadCell {
  /** 0-based data row: the first row below the header is 0. */
  readonly row: number
  /** Line of the file as an editor counts it: from 1, the header included. */
  readonly line: number
  readonly column: string
  readonly text: string
  readonly fault: CellFault
}

/** A row with more or fewer cells than the header. */
export interface RaggedRow {
  readonly line: number
  readonly cells: number
}

/** What can be wrong with data from outside. Facts only; `explain` words them. */
export type DataError =
  | {
      readonly _tag: 'Unreadable'
      readonly source: string
      readonly reason: 'missing' | 'folder' | 'denied' | 'failed'
      readonly detail: string
    }
  | { readonly _tag: 'CorruptGzip'; readonly source: string; readonly detail: string }
  | { readonly _tag: 'NotText'; readonly source: string; readonly found: string }
  | { readonly _tag: 'EmptyFile'; readonly source: string }
  | { readonly _tag: 'NoRows'; readonly source: string; readonly columns: readonly string[] }
  | { readonly _tag: 'Malformed'; readonly source: string; readonly line: number; readonly problem: string }
  | {
      readonly _tag: 'RaggedRows'
      readonly source: string
      readonly expected: number
      readonly rows: readonly RaggedRow[]
      readonly count: number
    }
  | {
      readonly _tag: 'DuplicateColumn'
      readonly source: string
      readonly column: string
      readonly places: readonly number[]
    }
  | {
      readonly _tag: 'MissingColumn'
      readonly source: string
      readonly column: string
      readonly columns: readonly string[]
    }
  | { readonly _tag: 'EmptyColumn'; readonly source: string; readonly column: string; readonly place: number }
  | { readonly _tag: 'NoNumericColumn'; readonly source: string; readonly columns: readonly string[] }
  | {
      readonly _tag: 'BadCells'
      readonly source: string
      readonly cells: readonly BadCell[]
      readonly count: number
    }
  | {
      readonly _tag: 'UnknownPart'
      readonly source: string
      readonly column: string
      readonly row: number
      readonly found: string
      readonly expected: readonly string[]
    }

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
const shorten = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text)

const whyUnreadable = {
  missing: 'there is no such file',
  folder: 'it is a folder, not a file',
  denied: 'permission was denied',
}
const faults: Readonly<Record<CellFault, (text: string) => string>> = {
  text: (text) => `the text ${shorten(text)}`,
  empty: () => 'an empty cell',
  notANumber: (text) => `the missing value ${shorten(text)}`,
  infinite: (text) => `the infinite value ${shorten(text)}`,
}

/** Listed in a sentence; the error itself holds more. */
const SHOWN = 5
const listed = <A>(items: readonly A[], count: number, show: (a: A) => string): string => {
  const shown = items.slice(0, SHOWN).map(show).join('; ')
  return count > SHOWN ? `${shown}; and ${count - SHOWN} more` : shown
}

/** One sentence or two, on one line: where, what was expected, what was found, what to do. */
export const explain = (e: DataError): string => {
  switch (e._tag) {
    case 'Unreadable':
      return e.reason === 'failed'
        ? `${e.source}: cannot be read: ${e.detail}.`
        : `${e.source}: cannot be read: ${whyUnreadable[e.reason]}.`
    case 'CorruptGzip':
      return `${e.source}: begins like a gzip file, but cannot be unpacked (${e.detail}); copy or download it again.`
    case 'NotText':
      return `${e.source}: expected CSV text in UTF-8, found ${e.found}; export it as CSV.`
    case 'EmptyFile':
      return `${e.source}: expected a header row and data, found an empty file.`
    case 'NoRows':
      return `${e.source}: expected rows of data below the header (${quoted(e.columns)}), found none.`
    case 'Malformed':
      return `${e.source}, line ${e.line}: not valid CSV: ${e.problem}.`
    case 'RaggedRows':
      return `${e.source}: expected ${plural(e.expected, 'cell')} in every row, as in the first; found ${listed(e.rows, e.count, (row) => `${row.cells} in line ${row.line}`)}.`
    case 'DuplicateColumn':
      return `${e.source}: expected different column names, found "${e.column}" ${e.places.length} times (columns ${e.places.map((p) => p + 1).join(', ')}); rename all but one.`
    case 'MissingColumn':
      return `${e.source}: there is no column "${e.column}"; its columns are ${quoted(e.columns)}.`
    case 'EmptyColumn':
      return `${e.source}: column "${e.column}" (number ${e.place + 1}) holds no value in any row; leave it out.`
    case 'NoNumericColumn':
      return `${e.source}: expected at least one column of numbers, found only text in ${quoted(e.columns)}.`
    case 'BadCells':
      return `${e.source}: expected finite numbers, found ${listed(e.cells, e.count, (cell) => `${faults[cell.fault](cell.text)} in line ${cell.line}, column "${cell.column}"`)}; mend or remove ${e.count === 1 ? 'that row' : 'those rows'}, or leave the column out.`
    case 'UnknownPart':
      return `${e.source}, row ${e.row}: column "${e.column}" says ${shorten(e.found)}, expected one of ${quoted(e.expected)}.`
  }
}
