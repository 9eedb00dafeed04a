import { open } from '@diffeo/autodiff'
import { draw } from '@diffeo/flows'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { command, type Start } from '../command.ts'
import type { CliError } from '../error.ts'
import { deliver } from '../files/deliver.ts'
import { load } from '../job/model.ts'
import { seed, whole } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'
import { csvPieces } from '../text/csv.ts'

const EXAMPLES = `
Rows are in the units of the data. Row i is the same for the same seed, however many are drawn.

Examples:
  $ diffeo sample out/survey --rows 1000 > drawn.csv
  $ diffeo sample out/survey --rows 5 --seed 7 --json
`

interface Options {
  readonly rows: number
  readonly seed: number
  readonly out?: string
  readonly json?: true
}

/** `diffeo sample MODEL`. */
export const sampleCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'sample')
    .description('Draw new rows from a saved model.')
    .argument('<model>', 'folder of a saved model')
    .option('--rows <n>', 'how many', whole(1), 1000)
    .option('--seed <n>', 'of the random numbers', seed, 0)
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--json', 'one JSON object instead of CSV')
    .addHelpText('after', EXAMPLES)
    .action((model: string, options: Options) =>
      start('diffeo sample', (signal) => sample(terminal, model, options, signal)),
    )

const sample = async (
  terminal: Terminal,
  folder: string,
  options: Options,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { flow, params, columns } = loaded.right.model
  const engine = await open('auto')
  const { rows, data } = await draw(flow, params, { count: options.rows, seed: options.seed, engine })
  engine.dispose()
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
