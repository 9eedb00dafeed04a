/**
 * Numbers in rows, with the names of their columns: cell (i, j) is `data[i * columns.length + j]`. A table of
 * `@diffeo/data` is one.
 */
export interface Dataset {
  readonly columns: readonly string[]
  readonly rows: number
  readonly data: Float64Array
}

/** The rows at these places, in this order. */
export const rowsAt = ({ columns, data }: Dataset, places: ArrayLike<number>): Dataset => {
  const width = columns.length
  const taken = new Float64Array(places.length * width)
  for (let i = 0; i < places.length; i++) {
    const from = places[i]! * width
    for (let j = 0; j < width; j++) taken[i * width + j] = data[from + j]!
  }
  return { columns, rows: places.length, data: taken }
}
