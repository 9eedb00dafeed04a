import { type Command, Option } from 'commander'
import { command, type Start } from '../command.ts'
import { whole } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'
import type { CheckOptions } from '../work/check.ts'

const EXAMPLES = `
Distances are in standard deviations of the columns where the model standardises first. A bound of ∞ (null in JSON) is
none. The exit status is 1 where a stated bound, a log-determinant or the rounding of float32 is not what it should be;
advice alone leaves it 0.

Examples:
  $ diffeo check out/survey held-out.csv
  $ diffeo check out/survey
  $ diffeo check out/survey held-out.csv --json
`

/** `diffeo check MODEL [FILE]`. */
export const checkCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'check')
    .description('Say how stable a saved model is: stretches, bounds, round trips, rounding, and what to do about it.')
    .argument('<model>', 'folder of a saved model')
    .argument(
      '[file]',
      'CSV file of rows, best held-out ones, or toy:NAME[:ROWS]; rows drawn from the model when left out',
    )
    .addOption(new Option('--look <n>', 'rows that are looked at one by one').argParser(whole(1)).default(256))
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((model: string, file: string | undefined, options: CheckOptions) =>
      start('diffeo check', async () => (await import('../work/check.ts')).check(terminal, model, file, options)),
    )
