import type * as E from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { BadCell, DataError, RaggedRow } from '../error.ts'
import { type Table, table } from '../table.ts'
import { isNumber, isText, readCell } from './cell.ts'
import { columnNames, namesColumns } from './header.ts'
import type { CsvOptions } from './options.ts'

/** Takes records one at a time and keeps only numbers and labels, so a file need not fit into memory as text. */
export interface Collector {
  readonly record: (cells: readonly string[], line: number) => void
  readonly finish: () => E.Either<DataError, Table>
}

type Kind = 'number' | 'label' | 'ignored'
interface Place {
  readonly name: string
  readonly at: number
}
interface Line {
  readonly cells: readonly string[]
  readonly line: number
}

/** The kinds of columns are decided by this many rows, so that later rows can be stored as what they are. */
const SAMPLE = 1000
/** Faults kept in an error; the rest are only counted. */
const KEPT = 1000

/** Numbers appended to a buffer that doubles. */
const growing = () => {
  let data = new Float64Array(1024)
  let length = 0
  return {
    push: (x: number): void => {
      if (length === data.length) {
        const larger = new Float64Array(2 * length)
        larger.set(data)
        data = larger
      }
      data[length++] = x
    },
    taken: (): Float64Array => data.slice(0, length),
  }
}

const kindOf = (sample: readonly Line[], at: number): Kind => {
  let numbers = 0
  let texts = 0
  for (const { cells } of sample) {
    const cell = cells[at]!
    if (isNumber(cell)) numbers++
    else if (isText(cell)) texts++
  }
  return texts > numbers ? 'label' : 'number'
}

const kindsOf = (names: readonly string[], sample: readonly Line[], options: CsvOptions): readonly Kind[] =>
  names.map((name, at): Kind => {
    if (options.labels?.includes(name)) return 'label'
    if (options.columns?.includes(name)) return 'number'
    const kind = kindOf(sample, at)
    return options.columns !== undefined && kind === 'number' ? 'ignored' : kind
  })

/** Collects the records of one table; `source` names it in errors. */
export const collector = (source: string, options: CsvOptions): Collector => {
  let names: readonly string[] | undefined
  let failure: DataError | undefined
  let sample: Line[] | undefined = []
  let numeric: readonly Place[] = []
  let textual: readonly Place[] = []
  let rows = 0
  let raggedCount = 0
  let badCount = 0
  const ragged: RaggedRow[] = []
  const bad: BadCell[] = []
  const numbers = growing()
  const labels = new Map<string, string[]>()
  const filled = new Set<number>()
  // A label column repeats few texts; one copy of each keeps the parser's buffers from staying alive.
  const interned = new Map<string, string>()
  const intern = (text: string): string => {
    const known = interned.get(text)
    if (known === undefined) interned.set(text, text)
    return known ?? text
  }

  const store = ({ cells, line }: Line): void => {
    for (const { name, at } of numeric) {
      const reading = readCell(cells[at]!)
      if ('number' in reading) {
        numbers.push(reading.number)
        filled.add(at)
      } else {
        numbers.push(Number.NaN)
        if (badCount++ < KEPT) bad.push({ row: rows, line, column: name, text: cells[at]!, fault: reading.fault })
        if (reading.fault === 'text') filled.add(at)
      }
    }
    for (const { name, at } of textual) labels.get(name)!.push(intern(cells[at]!))
    rows++
  }

  const decide = (lines: readonly Line[]): void => {
    const kinds = kindsOf(names!, lines, options)
    const places = (kind: Kind): readonly Place[] =>
      names!.flatMap((name, at) => (kinds[at] === kind ? [{ name, at }] : []))
    // The order asked for is the order given.
    numeric = options.columns
      ? [...new Set(options.columns)].map((name) => ({ name, at: names!.indexOf(name) }))
      : places('number')
    textual = places('label')
    for (const { name } of textual) labels.set(name, [])
    sample = undefined
    lines.forEach(store)
  }

  const begin = (cells: readonly string[]): boolean => {
    const header = options.header ?? namesColumns(cells)
    const found = columnNames(source, cells, header)
    if (isLeft(found)) failure = found.left
    else {
      names = found.right
      const missing = [...(options.columns ?? []), ...(options.labels ?? [])].find((name) => !names!.includes(name))
      if (missing !== undefined) failure = { _tag: 'MissingColumn', source, column: missing, columns: names }
    }
    return header
  }

  const record = (cells: readonly string[], line: number): void => {
    if (failure !== undefined) return
    if (names === undefined && begin(cells)) return
    if (failure !== undefined) return
    if (cells.length !== names!.length) {
      if (raggedCount++ < KEPT) ragged.push({ line, cells: cells.length })
    } else if (sample === undefined) store({ cells, line })
    else if (sample.push({ cells, line }) === SAMPLE) decide(sample)
  }

  const finish = (): E.Either<DataError, Table> => {
    if (failure !== undefined) return left(failure)
    if (names === undefined) return left({ _tag: 'EmptyFile', source })
    if (raggedCount > 0)
      return left({ _tag: 'RaggedRows', source, expected: names.length, rows: ragged, count: raggedCount })
    if (sample !== undefined) decide(sample)
    if (rows === 0) return left({ _tag: 'NoRows', source, columns: names })
    const empty = numeric.find(({ at }) => !filled.has(at))
    if (empty !== undefined) return left({ _tag: 'EmptyColumn', source, column: empty.name, place: empty.at })
    if (badCount > 0) return left({ _tag: 'BadCells', source, cells: bad, count: badCount })
    if (numeric.length === 0) return left({ _tag: 'NoNumericColumn', source, columns: names })
    return right(
      table({
        columns: numeric.map(({ name }) => name),
        data: numbers.taken(),
        labels: Object.fromEntries(labels),
        source,
      }),
    )
  }

  return { record, finish }
}
