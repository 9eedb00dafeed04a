import { performance } from 'node:perf_hooks'
import type { Output } from '../terminal.ts'
import { duration } from '../text/number.ts'
import { describe, type Moment, type Progress } from './moment.ts'

/** A log wants to know that the work goes on, not every epoch: milliseconds. */
const EVERY = 5000

/**
 * One line for the first epoch, then one every few seconds where another epoch ended, and one for the last. `now`:
 * milliseconds, of any origin.
 */
export const lines = (to: Output, title: string, now: () => number = () => performance.now()): Progress => {
  const started = now()
  let written: Moment | undefined
  let last: Moment | undefined
  let due = Number.NEGATIVE_INFINITY
  const write = (moment: Moment): void => {
    to.write(`${title}: ${describe(moment)}, ${duration((now() - started) / 1000)}\n`)
    written = moment
    due = now() + EVERY
  }
  return {
    show: (moment) => {
      last = moment
      if (moment.epoch > (written?.epoch ?? 0) && now() >= due) write(moment)
    },
    stop: () => {
      if (last !== undefined && last.epoch > (written?.epoch ?? 0)) write(last)
    },
  }
}
