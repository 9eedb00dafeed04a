/**
 * Numeric columns of equal length, with the text columns that came beside them.
 *
 * - `data`: row-major, `rows` x `columns.length`; cell (i, j) is `data[i * columns.length + j]`.
 * - `labels`: text columns by name, one entry per row.
 * - `origin`: where each row came from: its 0-based place in the table first read, kept through
 *   filtering and splitting, so that a row can always be named in its own file.
 *
 * It has the shape of the data set that `fit` takes.
 */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: number
  readonly data: Float64Array
  readonly labels: Readonly<Record<string, readonly string[]>>
  readonly origin: Uint32Array
  /** What the table was read or drawn from, for messages. */
  readonly source: string
}

/** What `table` needs; the rest has a natural default. */
export interface TableParts {
  readonly columns: readonly string[]
  readonly data: Float64Array
  readonly labels?: Readonly<Record<string, readonly string[]>>
  readonly source?: string
  /** Needed only where there are no numeric columns to count rows by. */
  readonly rows?: number
}

/**
 * A table from its columns' names and row-major numbers. Throws where the lengths do not fit.
 *
 * @example
 * table({ columns: ['x', 'y'], data: Float64Array.of(1, 2, 3, 4) }).rows // => 2
 */
export const table = (parts: TableParts): Table => {
  const { columns, data, labels = {}, source = 'a table' } = parts
  const rows = parts.rows ?? (columns.length === 0 ? 0 : data.length / columns.length)
  if (data.length !== rows * columns.length || !Number.isInteger(rows))
    throw new RangeError(`table: ${data.length} numbers do not fill rows of ${columns.length} columns`)
  if (new Set(columns).size !== columns.length)
    throw new RangeError(`table: two columns have one name: ${columns.join(', ')}`)
  for (const [name, cells] of Object.entries(labels))
    if (cells.length !== rows)
      throw new RangeError(`table: label column "${name}" has ${cells.length} entries, the table ${rows} rows`)
  return { columns, rows, data, labels, source, origin: Uint32Array.from({ length: rows }, (_, i) => i) }
}

/** The place of a numeric column. Throws, with the names there are, where it is missing. */
export const columnIndex = (t: Table, name: string): number => {
  const at = t.columns.indexOf(name)
  if (at < 0)
    throw new RangeError(`${t.source} has no numeric column "${name}"; its columns are ${t.columns.join(', ')}`)
  return at
}

/** The numbers of one column, by name or place: `[rows]`. Throws where there is none. */
export const column =
  (which: string | number) =>
  (t: Table): Float64Array => {
    const at = typeof which === 'string' ? columnIndex(t, which) : which
    if (!(at >= 0 && at < t.columns.length))
      throw new RangeError(`${t.source} has ${t.columns.length} numeric columns, so none at place ${at}`)
    const width = t.columns.length
    return Float64Array.from({ length: t.rows }, (_, i) => t.data[i * width + at]!)
  }

/** The entries of one text column. Throws where there is none. */
export const label =
  (name: string) =>
  (t: Table): readonly string[] => {
    if (!Object.hasOwn(t.labels, name))
      throw new RangeError(
        `${t.source} has no text column "${name}"; its text columns are ${Object.keys(t.labels).join(', ') || 'none'}`,
      )
    return t.labels[name]!
  }

/** Only these numeric columns, in this order; labels stay. Throws where one is missing or named twice. */
export const selectColumns =
  (names: readonly string[]) =>
  (t: Table): Table => {
    const places = names.map((name) => columnIndex(t, name))
    if (new Set(places).size !== places.length)
      throw new RangeError(`selectColumns: a column is named twice: ${names.join(', ')}`)
    const from = t.columns.length
    const data = new Float64Array(t.rows * places.length)
    for (let i = 0, at = 0; i < t.rows; i++) for (const j of places) data[at++] = t.data[i * from + j]!
    return { ...t, columns: [...names], data }
  }

/** The rows at these places, in this order; a place may come twice. Throws where one lies outside the table. */
export const takeRows =
  (places: ArrayLike<number>) =>
  (t: Table): Table => {
    const width = t.columns.length
    const rows = places.length
    const data = new Float64Array(rows * width)
    const origin = new Uint32Array(rows)
    for (let i = 0; i < rows; i++) {
      const from = places[i]!
      if (!(from >= 0 && from < t.rows) || !Number.isInteger(from))
        throw new RangeError(`takeRows: ${t.source} has rows 0 to ${t.rows - 1}, so no row ${from}`)
      data.set(t.data.subarray(from * width, (from + 1) * width), i * width)
      origin[i] = t.origin[from]!
    }
    const labels = Object.fromEntries(
      Object.entries(t.labels).map(([name, cells]) => [name, Array.from(places, (i) => cells[i]!)]),
    )
    return { ...t, rows, data, labels, origin }
  }

/** What a row's test is given. */
export interface Row {
  /** Place in this table, 0-based. */
  readonly index: number
  /** Place in the table first read, 0-based. */
  readonly origin: number
  /** The row's numbers, in the order of `columns`: a view, valid during the call. */
  readonly values: Float64Array
  readonly label: (name: string) => string
}

/**
 * The rows that pass.
 *
 * @example
 * pipe(survey, filterRows((row) => row.label('target_class') === 'not_pulsar'))
 */
export const filterRows =
  (keep: (row: Row) => boolean) =>
  (t: Table): Table => {
    const width = t.columns.length
    const places: number[] = []
    for (let i = 0; i < t.rows; i++) {
      const values = t.data.subarray(i * width, (i + 1) * width)
      if (keep({ index: i, origin: t.origin[i]!, values, label: (name) => label(name)(t)[i]! })) places.push(i)
    }
    return takeRows(places)(t)
  }
