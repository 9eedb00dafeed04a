import process from 'node:process'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from './error.ts'
import { say, type Terminal } from './terminal.ts'

/** What a command does; `signal` asks it to stop at the next safe point. */
export type Job = (signal: AbortSignal) => Promise<E.Either<CliError, void>>

/** Ctrl-C reaches a process several times when its parents pass it on; that is not impatience. */
const ECHO = 500

/**
 * Runs a command to its exit status. This is the one place where errors become text: one line on standard error, never
 * a stack trace unless DIFFEO_DEBUG asks for it.
 */
export const run = async (terminal: Terminal, name: string, job: Job): Promise<number> => {
  const controller = new AbortController()
  let asked = 0
  const stop = (): void => {
    if (!controller.signal.aborted) {
      asked = Date.now()
      controller.abort()
    } else if (Date.now() - asked > ECHO) process.exit(130)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    const outcome = await job(controller.signal)
    if (E.isRight(outcome)) return 0
    // Loaded only now: what it takes to word an error is most of the program.
    const { explain, statusOf } = await import('./error.ts')
    say(terminal, `${name}: ${explain(outcome.left)}`)
    return statusOf(outcome.left)
  } catch (thrown) {
    say(terminal, `${name}: ${unexpected(thrown)}`)
    if (terminal.debug && thrown instanceof Error) say(terminal, thrown.stack ?? '')
    return 1
  } finally {
    process.removeListener('SIGINT', stop)
    process.removeListener('SIGTERM', stop)
  }
}

const unexpected = (thrown: unknown): string => {
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).replaceAll(/\s*\n\s*/g, ' ').trim()
  return `${message === '' ? 'an unknown error' : message} (unexpected; set DIFFEO_DEBUG=1 to see where)`
}
