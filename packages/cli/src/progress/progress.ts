import type { Terminal } from '../terminal.ts'
import { bar } from './bar.ts'
import { lines } from './lines.ts'
import type { Progress } from './moment.ts'

/** A bar where standard error is a terminal, plain lines elsewhere. */
export const progress = (terminal: Terminal, title: string): Progress =>
  terminal.err.isTTY === true ? bar(terminal.err, title) : lines(terminal.err, title)
