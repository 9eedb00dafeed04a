import { Command, CommanderError } from 'commander'
import type { Job } from './run.ts'
import { run } from './run.ts'
import { say, type Terminal } from './terminal.ts'
import { isHelp, usageLine } from './usage.ts'

/** A command that leaves wording and exit to `perform`: it prints help, and nothing of its own when a call is wrong. */
export const command = (terminal: Terminal, name: string): Command =>
  new Command(name)
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ writeOut: (text) => terminal.out.write(text), writeErr: () => undefined })

/** An action is given this to do its work with; the exit status of the process follows from what comes of it. */
export type Start = (name: string, job: Job) => Promise<void>

/** Parses a call, runs the command it names, and gives the exit status: 0, 1, 2 or 130. */
export const perform = async (
  terminal: Terminal,
  argv: readonly string[],
  build: (start: Start) => Command,
): Promise<number> => {
  let status = 0
  const program = build(async (name, job) => {
    status = await run(terminal, name, job)
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (isHelp(thrown)) return 0
    const named = program.commands.find((known) => known.name() === argv[0])
    const full = named === undefined ? program.name() : `${program.name()} ${named.name()}`
    const commands = program.commands.map((known) => known.name())
    say(terminal, `${full}: ${usageLine(thrown, full, commands)}`)
    return 2
  }
}
