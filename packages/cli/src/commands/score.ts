import type { Command } from 'commander'
import { command, type Start } from '../command.ts'
import type { Terminal } from '../terminal.ts'
import type { ScoreOptions } from '../work/score.ts'

const EXAMPLES = `
Rows are counted from 0, the header left out. Log-densities are in nats, in the units of the data; the lower, the
stranger the row.

Examples:
  $ diffeo score out/survey new.csv > scores.csv
  $ diffeo score out/survey new.csv --json
`

/** `diffeo score MODEL FILE`. */
export const scoreCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'score')
    .description('Give the log-density of every row of a CSV file under a saved model.')
    .argument('<model>', 'folder of a saved model')
    .argument('<file>', 'CSV file with the columns of the model, plain or gzip; others are left out')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--json', 'one JSON object instead of CSV')
    .addHelpText('after', EXAMPLES)
    .action((model: string, file: string, options: ScoreOptions) =>
      start('diffeo score', async (signal) =>
        (await import('../work/score.ts')).score(terminal, model, file, options, signal),
      ),
    )
