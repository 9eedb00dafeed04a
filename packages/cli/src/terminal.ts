import process from 'node:process'

/** A stream that may be a terminal; of Node's streams, what the commands use. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Where a command writes: results to `out`, everything else (progress, warnings, errors) to `err`. */
export interface Terminal {
  readonly out: Output
  readonly err: Output
  /** Shows where an unexpected error came from. */
  readonly debug: boolean
}

/** The terminal of this process. A reader that closes the pipe early, as `head` does, ends the process quietly. */
export const processTerminal = (): Terminal => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return {
    out: process.stdout,
    err: process.stderr,
    debug: /^(1|true|yes)$/i.test(process.env.DIFFEO_DEBUG ?? ''),
  }
}

/** One line to the user, beside the results. */
export const say = (terminal: Terminal, line: string): void => {
  terminal.err.write(`${line}\n`)
}

/** One line of the result. */
export const print = (terminal: Terminal, line: string): void => {
  terminal.out.write(`${line}\n`)
}
