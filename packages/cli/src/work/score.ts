import { readCsv } from '@diffeo/data'
import { logDensities } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { deliver } from '../files/deliver.ts'
import { withJudge } from '../job/engine.ts'
import { load } from '../job/model.ts'
import type { Terminal } from '../terminal.ts'
import { csvPieces } from '../text/csv.ts'

export interface ScoreOptions {
  readonly out?: string
  readonly json?: true
}

/** Log-densities of the rows of a file. */
export const score = async (
  terminal: Terminal,
  folder: string,
  file: string,
  { out, json }: ScoreOptions,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { model, kept } = loaded.right
  const table = await readCsv(file, { columns: model.columns })()
  if (E.isLeft(table)) return E.left({ _tag: 'Data', error: table.left })
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  const densities = await withJudge((engine) => logDensities(model.flow, model.params, table.right, { engine }))
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  const rows = densities.length
  const mean = densities.reduce((sum, x) => sum + x, 0) / rows
  const result = {
    model: folder,
    data: file,
    rows,
    meanLogDensity: mean,
    meanLogDensityStandardised: kept === undefined ? null : mean + kept.logScale,
    logDensities: Array.from(densities),
  }
  const pieces = json
    ? [`${JSON.stringify(result)}\n`]
    : csvPieces(['row', 'logDensity'], rows, (i) => [i, densities[i]!])
  return deliver(terminal, pieces, out)
}
