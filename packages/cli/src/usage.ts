import type { CommanderError } from 'commander'

/** A wrong call in one line: what was wrong, a near name where there is one, where help is. */
export const usageLine = (thrown: CommanderError, command: string, commands: readonly string[]): string => {
  const parts = thrown.message.replace(/^error: /, '').split('\n')
  const said =
    thrown.code === 'commander.help'
      ? `expected one of the commands ${commands.join(', ')}`
      : parts
          .map((part) => part.trim())
          .join(' ')
          .trim()
  return `${/[.?!)]$/.test(said) ? said : `${said}.`} See ${command} --help.`
}

/** Help or version was asked for and printed: nothing went wrong. */
export const isHelp = (thrown: CommanderError): boolean => thrown.exitCode === 0
