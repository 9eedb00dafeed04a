import { label, type Table } from '@diffeo/data'

/** Which rows are meant: those whose cell in a column equals a value, or does not. */
export interface Condition {
  readonly column: string
  readonly equal: boolean
  readonly value: string
}

export const showCondition = ({ column, equal, value }: Condition): string => `${column}${equal ? '=' : '!='}${value}`

/** Two cells are the same as texts, or as numbers: `1` and `1.0`. */
const same = (a: string, b: string): boolean =>
  a === b || (a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b))

/** Whether each row of the table meets the condition; the column was read as text. */
export const meets =
  ({ column, equal, value }: Condition) =>
  (t: Table): readonly boolean[] =>
    label(column)(t).map((cell) => same(cell, value) === equal)
