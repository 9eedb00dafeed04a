import { label, type Table } from '@diffeo/data'
import { type Condition, meets, showCondition } from './condition.ts'

/** Test rows, and which of them a low density should find. */
export interface Sought {
  readonly rows: Table
  readonly positive: readonly boolean[]
  /** In words: `target_class=pulsar`. */
  readonly what: string
}

/** Where the classes are: rows that are fitted, or a column. */
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
  if (trainWhere === undefined && column === undefined) return undefined
  const condition = trainWhere === undefined ? rarest(column!, whole) : leftOut(trainWhere, whole)
  const positive = meets(condition)(test)
  const what = showCondition(condition)
  const count = positive.filter((is) => is).length
  if (count > 0 && count < test.rows) return { found: { rows: test, positive, what }, warning: undefined }
  const warning = `${count === 0 ? 'no' : 'every'} test row is of the class that is sought (${what}), so there is no search to judge.`
  return { found: undefined, warning }
}

/** The rows that do not meet a condition: by their class where they are all of one. */
const leftOut = (condition: Condition, whole: Table): Condition => {
  const { column, equal } = condition
  const met = meets(condition)(whole)
  const classes = new Set(label(column)(whole).filter((_, i) => !met[i]))
  return classes.size === 1 ? { column, equal: true, value: [...classes][0]! } : { ...condition, equal: !equal }
}

/** The rows of the class that comes least often; of two equally rare ones, the one that comes first. */
const rarest = (column: string, whole: Table): Condition => {
  const counts = new Map<string, number>()
  for (const cell of label(column)(whole)) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const [value] = [...counts].reduce((least, next) => (next[1] < least[1] ? next : least))
  return { column, equal: true, value }
}
