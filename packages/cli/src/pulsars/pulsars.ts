import type { Command } from 'commander'
import { command, type Start } from '../command.ts'
import { seed, whole } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'
import type { PulsarsOptions } from './work.ts'

const EXAMPLES = `
Examples:
  $ pulsars
  $ pulsars --seed 1 --json
`

/** The main job: the density of 17,898 pulsar candidates, and the search for pulsars by low density. */
export const pulsars =
  (terminal: Terminal) =>
  (start: Start): Command =>
    command(terminal, 'pulsars')
      .description('Fit a neural spline flow to the HTRU2 survey of pulsar candidates, and search it for pulsars.')
      .option('--seed <n>', 'of all random numbers; the same seed gives the same bits', seed, 0)
      .option('--epochs <n>', 'most passes of either fit over its rows', whole(1))
      .option('--out <folder>', 'where the models go: this folder, and the same with -search', 'out/pulsars')
      .option('--json', 'print the result as one JSON object')
      .addHelpText('after', EXAMPLES)
      .action((options: PulsarsOptions) =>
        start('pulsars', async (signal) => (await import('./work.ts')).work(terminal, options, signal)),
      )
