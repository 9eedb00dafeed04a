import { constant, type Tensor } from '@diffeo/autodiff'

/**
 * Degrees say what may depend on what: a unit of degree t may see units of degree t and below. The context has degree 0,
 * the coordinate of rank r degree r + 1, and the numbers that move the coordinate of rank r degree r, so they see the
 * coordinates of lower rank and no other.
 *
 * Units are kept sorted by degree. A layer's mask is then block triangular: what a row sees is a run of columns from the
 * first one on.
 */
export type Degrees = readonly number[]

/** One masked layer: the degrees of its rows (outputs) and columns (inputs), each in ascending order. */
export interface MaskedLayer {
  readonly rows: Degrees
  readonly columns: Degrees
}

/**
 * Degrees of `width` hidden units, spread evenly over those of the conditioned numbers; 0 takes part only where there is
 * a context to see.
 */
export const hiddenDegrees = (width: number, top: number, context: boolean): Degrees => {
  const lowest = context || top === 0 ? 0 : 1
  const kinds = top - lowest + 1
  return Array.from({ length: width }, (_, i) => lowest + (i % kinds)).sort((a, b) => a - b)
}

/** How many units, from the first on, have at most this degree. */
export const upTo = (degrees: Degrees, degree: number): number => {
  let count = 0
  while (count < degrees.length && degrees[count]! <= degree) count++
  return count
}

/** A layer without the columns that no row sees. */
export const withoutUnseen = ({ rows, columns }: MaskedLayer): MaskedLayer => ({
  rows,
  columns: columns.slice(0, upTo(columns, rows.at(-1) ?? -1)),
})

/** 1 where a row sees a column, 0 elsewhere, for rows `start` to `stop` and the first `width` columns. */
export const maskOf = ({ rows, columns }: MaskedLayer, start: number, stop: number, width: number): Tensor =>
  constant(
    Float64Array.from({ length: (stop - start) * width }, (_, i) =>
      columns[i % width]! <= rows[start + Math.floor(i / width)]! ? 1 : 0,
    ),
    [stop - start, width],
  )

/** A run of rows, and how many columns the last of them sees. */
export interface Band {
  readonly start: number
  readonly stop: number
  readonly width: number
}

/** The rows of one degree; all of them see the same columns. */
export const bandOf = ({ rows, columns }: MaskedLayer, degree: number): Band => ({
  start: upTo(rows, degree - 1),
  stop: upTo(rows, degree),
  width: upTo(columns, degree),
})

/**
 * A layer's rows in at most `count` bands of about equal size: what lies right of a band's width is zero and left out.
 * Four bands leave out three eighths of the products of an even triangle, of a half that could be.
 */
export const bandsOf = ({ rows, columns }: MaskedLayer, count: number): readonly Band[] => {
  const stops = Array.from({ length: count }, (_, i) =>
    upTo(rows, rows[Math.ceil(((i + 1) * rows.length) / count) - 1]!),
  )
  return stops.flatMap((stop, i) => {
    const start = i === 0 ? 0 : stops[i - 1]!
    return stop > start ? [{ start, stop, width: upTo(columns, rows[stop - 1]!) }] : []
  })
}

/** How many columns a row sees on average. */
export const meanFanIn = ({ rows, columns }: MaskedLayer): number =>
  rows.reduce((total, degree) => total + upTo(columns, degree), 0) / Math.max(1, rows.length)
