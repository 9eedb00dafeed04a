import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { command, type Start } from './command.ts'
import { checkCommand } from './commands/check.ts'
import { fitCommand } from './commands/fit.ts'
import { infoCommand } from './commands/info.ts'
import { sampleCommand } from './commands/sample.ts'
import { scoreCommand } from './commands/score.ts'
import { theoryCommand } from './commands/theory.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLE = `
Examples:
  $ diffeo theory survey.csv
  $ diffeo fit survey.csv --out out/survey
  $ diffeo info out/survey
  $ diffeo check out/survey held-out.csv
  $ diffeo score out/survey new.csv > scores.csv
  $ diffeo sample out/survey --rows 1000 > drawn.csv

Exit status: 0 done, 1 failed, 2 wrong call, 130 stopped by Ctrl-C.
`

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { readonly version: string }).version
}

/** The command `diffeo` with all that it can do. */
export const diffeo =
  (terminal: Terminal) =>
  (start: Start): Command =>
    command(terminal, 'diffeo')
      .description('Fit normalizing flows to tables of numbers, and use what was fitted.')
      .addCommand(fitCommand(terminal, start))
      .addCommand(scoreCommand(terminal, start))
      .addCommand(sampleCommand(terminal, start))
      .addCommand(infoCommand(terminal, start))
      .addCommand(checkCommand(terminal, start))
      .addCommand(theoryCommand(terminal, start))
      .version(version(), '--version')
      .addHelpText('after', EXAMPLE)
