import type { Condition } from './condition.ts'
import type { SplitChoice } from './split.ts'

/** Which rows a fit sees, and which it has to find. */
export interface RowChoice {
  readonly split: SplitChoice
  /** Fit only these rows. */
  readonly trainWhere?: Condition | undefined
  /** A column of classes. */
  readonly label?: string | undefined
}

/** Columns that are read as texts: they say which row is what, and are not fitted. */
export const textColumns = ({ label, trainWhere, split }: RowChoice): readonly string[] => [
  ...new Set(
    [label, trainWhere?.column, split.kind === 'column' ? split.column : undefined].filter(
      (name) => name !== undefined,
    ),
  ),
]
