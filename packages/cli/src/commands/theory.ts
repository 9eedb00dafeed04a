import { type Command, Option } from 'commander'
import { command, type Start } from '../command.ts'
import { names } from '../options/values.ts'
import type { Terminal } from '../terminal.ts'
import type { TheoryOptions } from '../work/theory.ts'

const EXAMPLES = `
Nothing is fitted: all numbers are closed forms of the covariance's eigenvalues. Log-likelihoods are means per row in
nats, with the standard error that the rows leave.

Examples:
  $ diffeo theory survey.csv
  $ diffeo theory survey.csv --columns ra,dec --out spectrum.svg
  $ diffeo theory survey.csv --json
`

/** `diffeo theory FILE`. */
export const theoryCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'theory')
    .description(
      'Say what no linear flow can exceed on a table, what probabilistic PCA reaches, and draw the spectrum.',
    )
    .argument('<file>', 'CSV file, plain or gzip; or toy:NAME[:ROWS], rows drawn from a toy density such as toy:moons')
    .option('--columns <names>', 'columns to look at, separated by commas (default: all that hold numbers)', names)
    .addOption(
      new Option('--units <which>', 'columns for probabilistic PCA: in standard deviations, or as they are')
        .choices(['standardised', 'original'])
        .default('standardised'),
    )
    .option('--out <file>', 'where the picture goes, SVG (default: out/ and the name of the file)')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: TheoryOptions) =>
      start('diffeo theory', async () => (await import('../work/theory.ts')).theory(terminal, file, options)),
    )
