import { open } from '@diffeo/autodiff'
import { readCsv } from '@diffeo/data'
import { logDensities } from '@diffeo/flows'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { command, type Start } from '../command.ts'
import type { CliError } from '../error.ts'
import { deliver } from '../files/deliver.ts'
import { load } from '../job/model.ts'
import type { Terminal } from '../terminal.ts'
import { csvPieces } from '../text/csv.ts'

const EXAMPLES = `
Rows are counted from 0, the header left out. Log-densities are in nats, in the units of the data; the lower, the
stranger the row.

Examples:
  $ diffeo score out/survey new.csv > scores.csv
  $ diffeo score out/survey new.csv --json
`

interface Options {
  readonly out?: string
  readonly json?: true
}

/** `diffeo score MODEL FILE`. */
export const scoreCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'score')
    .description('Give the log-density of every row of a CSV file under a saved model.')
    .argument('<model>', 'folder of a saved model')
    .argument('<file>', 'CSV file with the columns of the model, plain or gzip; others are left out')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--json', 'one JSON object instead of CSV')
    .addHelpText('after', EXAMPLES)
    .action((model: string, file: string, options: Options) =>
      start('diffeo score', (signal) => score(terminal, model, file, options, signal)),
    )

const score = async (
  terminal: Terminal,
  folder: string,
  file: string,
  { out, json }: Options,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { model, kept } = loaded.right
  const table = await readCsv(file, { columns: model.columns })()
  if (E.isLeft(table)) return E.left({ _tag: 'Data', error: table.left })
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  const engine = await open('auto')
  const densities = await logDensities(model.flow, model.params, table.right, { engine })
  engine.dispose()
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
