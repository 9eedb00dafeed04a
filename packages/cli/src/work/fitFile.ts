import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { ended, forget, keepFor, opening } from '../job/checkpoint.ts'
import { withEngines } from '../job/engine.ts'
import { type FitJob, fitTable } from '../job/fitTable.ts'
import { reportOf } from '../job/report.ts'
import { place, save } from '../job/save.ts'
import { read, stemOf } from '../job/source.ts'
import { summaryOf } from '../job/summary.ts'
import { print, type Terminal } from '../terminal.ts'

/** A fit of a file as the command line asks for it. */
export interface Order extends FitJob {
  readonly file: string
  readonly columns?: readonly string[]
  /** The model's folder; by default one named after the file. */
  readonly out?: string
  readonly force?: boolean
  readonly resume?: boolean
  readonly json?: boolean
}

const placeFor = (file: string): string => join('out', stemOf(file, 'model'))

/** Reads, fits, judges, saves and tells; a fit that is stopped leaves a checkpoint. */
export const fitFile = async (
  terminal: Terminal,
  order: Order,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const { file, out = placeFor(file), force = false, resume = false } = order
  const free = await place(out, force)
  if (E.isLeft(free)) return free
  const before = await opening(out, { resume, force })
  if (E.isLeft(before)) return before
  const source = await read(file, order.columns, order.rows)
  if (E.isLeft(source)) return source
  const { table, entropy } = source.right
  const from = before.right === undefined ? {} : { resumeFrom: before.right }
  const fitted = await withEngines((engines) =>
    fitTable(table, order, {
      terminal,
      title: 'fit',
      signal,
      engines,
      keep: keepFor(out),
      ...(entropy === undefined ? {} : { entropy }),
      ...from,
    }),
  )
  if (E.isLeft(fitted)) return E.left(await ended(fitted.left, out))
  const report = reportOf(fitted.right, file, out)
  const summary = summaryOf(report)
  const saved = await save(out, fitted.right, report, summary, force)
  if (E.isLeft(saved)) return saved
  await forget(out)
  if (order.json) print(terminal, JSON.stringify(report))
  else for (const line of [...summary, '', `Model: ${out}`]) print(terminal, line)
  return saved
}
