import type { Command } from 'commander'
import { command, type Start } from '../command.ts'
import { seed, whole } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'
import type { SampleOptions } from '../work/sample.ts'

const EXAMPLES = `
Rows are in the units of the data. Row i is the same for the same seed, however many are drawn.

Examples:
  $ diffeo sample out/survey --rows 1000 > drawn.csv
  $ diffeo sample out/survey --rows 5 --seed 7 --json
`

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
    .action((model: string, options: SampleOptions) =>
      start('diffeo sample', async (signal) =>
        (await import('../work/sample.ts')).sample(terminal, model, options, signal),
      ),
    )
