import { checkTable, explainFinding, type Finding, filterRows, type Split, type Table } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError, Part } from '../error.ts'
import { type Condition, meets, showCondition } from './condition.ts'
import type { RowChoice } from './rowChoice.ts'
import { type Sought, sought } from './sought.ts'
import { showSplit, splitRows } from './split.ts'

/** A table cut up for one fit. */
export interface Prepared {
  readonly train: Table
  readonly validation: Table
  /** Test rows of the kind that was fitted: what the likelihood is judged by. */
  readonly test: Table
  /** All test rows with which of them are sought, where the data has classes. */
  readonly sought: Sought | undefined
  /** What a user should know before trusting the result, a line each. */
  readonly warnings: readonly string[]
}

const refusal = (t: Table, part: Part, findings: readonly Finding[]): E.Either<CliError, void> => {
  const errors = findings.filter(({ severity }) => severity === 'error')
  return errors.length === 0 ? E.right(undefined) : E.left({ _tag: 'Unfit', source: t.source, part, findings: errors })
}

/** The first part that holds no rows. */
const emptyPart = (split: Split): Part | undefined => {
  if (split.train.rows === 0) return 'training'
  if (split.validation.rows === 0) return 'validation'
  return split.test.rows === 0 ? 'test' : undefined
}

const only =
  (condition: Condition) =>
  (t: Table): Table => {
    const wanted = meets(condition)(t)
    return filterRows(({ index }) => wanted[index]!)(t)
  }

/** Checks a table, splits it, and keeps what is to be fitted. */
export const prepare = (t: Table, choice: RowChoice): E.Either<CliError, Prepared> => {
  const findings = checkTable(t)
  const whole = refusal(t, 'all', findings)
  if (E.isLeft(whole)) return whole
  const cut = splitRows(choice.split)(t)
  if (E.isLeft(cut)) return E.left({ _tag: 'Data', error: cut.left })
  const empty = emptyPart(cut.right)
  if (empty !== undefined)
    return E.left({ _tag: 'NoSuchRows', source: t.source, part: empty, wanted: `--split ${showSplit(choice.split)}` })
  const { trainWhere } = choice
  const keep = trainWhere === undefined ? (part: Table): Table => part : only(trainWhere)
  const kept: Split = {
    train: keep(cut.right.train),
    validation: keep(cut.right.validation),
    test: keep(cut.right.test),
  }
  const left = emptyPart(kept)
  if (left !== undefined && trainWhere !== undefined)
    return E.left({
      _tag: 'NoSuchRows',
      source: t.source,
      part: left,
      wanted: `--train-where ${showCondition(trainWhere)}`,
    })
  const trained = refusal(t, 'training', checkTable(kept.train))
  if (E.isLeft(trained)) return trained
  const classes = sought(t, cut.right.test, choice)
  return E.right({
    ...kept,
    sought: classes?.found,
    warnings: [
      ...findings.filter(({ severity }) => severity === 'warning').map((f) => `${t.source}: ${explainFinding(f)}`),
      ...(classes?.warning === undefined ? [] : [`${t.source}: ${classes.warning}`]),
    ],
  })
}
