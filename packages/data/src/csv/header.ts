import type * as E from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { DataError } from '../error.ts'
import { isNumber } from './cell.ts'

/** Whether a first row names columns, rather than being data already. */
export const namesColumns = (cells: readonly string[]): boolean => {
  // Pixel tables number their columns; two or three cells that happen to count are more likely data.
  const counts = (from: number): boolean => cells.length >= 5 && cells.every((cell, i) => cell === String(i + from))
  return counts(0) || counts(1) || cells.filter(isNumber).length * 2 <= cells.length
}

const placeName = (_cell: unknown, place: number): string => `c${place + 1}`

/** Column names from the first row: a nameless column is called by its place, two of one name are refused. */
export const columnNames = (
  source: string,
  cells: readonly string[],
  header: boolean,
): E.Either<DataError, readonly string[]> => {
  if (!header) return right(cells.map(placeName))
  const names = cells.map((cell, place) => cell || placeName(cell, place))
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice === undefined) return right(names)
  const places = names.flatMap((name, place) => (name === twice ? [place] : []))
  return left({ _tag: 'DuplicateColumn', source, column: twice, places })
}
