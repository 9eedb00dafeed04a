import { label, type Table } from '@diffeo/data'
import { type Condition, meets, showCondition } from './condition.ts'

/** Test rows, and which of them a low density should find. */
export interface Sought {
  readonly rows: Table
  readonly positive: readonly boolean[]
  /** In words: `target_class=pulsar`, `not target_class=not_pulsar`. */
  readonly what: string
}

interface Classes {
  readonly trainWhere?: Condition | undefined
  readonly label?: string | undefined
}

/**
 * What is sought among the test rows: the rows that are not fitted, or else those of the rarest class of the whole
 * table. Nothing where there are no classes; a warning where the test rows hold only one.
 */
export const sought = (
  whole: Table,
  test: Table,
  { trainWhere, label: column }: Classes,
): { readonly found: Sought | undefined; readonly warning: string | undefined } | undefined => {
  const condition = trainWhere ?? (column === undefined ? undefined : rarest(column, label(column)(whole)))
  if (condition === undefined) return undefined
  const fitted = meets(condition)(test)
  const positive = trainWhere === undefined ? fitted : fitted.map((is) => !is)
  const what =
    trainWhere === undefined ? showCondition(condition) : showCondition({ ...condition, equal: !condition.equal })
  const count = positive.filter((is) => is).length
  return count > 0 && count < test.rows
    ? { found: { rows: test, positive, what }, warning: undefined }
    : {
        found: undefined,
        warning: `${count === 0 ? 'no' : 'every'} test row is of the class that is sought (${what}), so there is no search to judge.`,
      }
}

/** Rows of the class that comes least often; of two equally rare ones, the one that comes first. */
const rarest = (column: string, cells: readonly string[]): Condition => {
  const counts = new Map<string, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const [value] = [...counts].reduce((least, next) => (next[1] < least[1] ? next : least))
  return { column, equal: true, value }
}
