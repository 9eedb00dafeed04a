import type { Command } from 'commander'
import { command, type Start } from '../command.ts'
import type { Terminal } from '../terminal.ts'

const EXAMPLES = `
Example:
  $ diffeo info out/survey
`

/** `diffeo info MODEL`. */
export const infoCommand = (terminal: Terminal, start: Start): Command =>
  command(terminal, 'info')
    .description('Say what a saved model is: its columns, layers and parameters, and what its fit reached.')
    .argument('<model>', 'folder of a saved model')
    .option('--json', 'print it as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((folder: string, { json = false }: { readonly json?: boolean }) =>
      start('diffeo info', async () => (await import('../work/info.ts')).info(terminal, folder, json)),
    )
