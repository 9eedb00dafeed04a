import { draw } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { deliver } from '../files/deliver.ts'
import { withJudge } from '../job/engine.ts'
import { load } from '../job/model.ts'
import type { Terminal } from '../terminal.ts'
import { csvPieces } from '../text/csv.ts'

export interface SampleOptions {
  readonly rows: number
  readonly seed: number
  readonly out?: string
  readonly json?: true
}

/** New rows. */
export const sample = async (
  terminal: Terminal,
  folder: string,
  options: SampleOptions,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { flow, params, columns } = loaded.right.model
  const wanted = { count: options.rows, seed: options.seed }
  const { rows, data } = await withJudge((engine) => draw(flow, params, { ...wanted, engine }))
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  const rowAt = (i: number): readonly number[] =>
    Array.from(data.subarray(i * columns.length, (i + 1) * columns.length))
  const result = (): object => ({
    model: folder,
    seed: options.seed,
    columns,
    rows: Array.from({ length: rows }, (_, i) => rowAt(i)),
  })
  const pieces = options.json ? [`${JSON.stringify(result())}\n`] : csvPieces(columns, rows, rowAt)
  return deliver(terminal, pieces, options.out)
}
