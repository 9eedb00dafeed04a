import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { Presets, SingleBar } from 'cli-progress'
import type { Output } from '../terminal.ts'
import { duration } from '../text/number.ts'
import { describeShortly, type Moment, type Progress } from './moment.ts'

/** Columns that the text beside the bar takes, at most. */
const BESIDE = 70

/** A bar that fills with the steps, how good the flow is by now, and how long it may still take. */
export const bar = (to: Output, title: string): Progress => {
  const drawn = new SingleBar(
    {
      format: `${title} {bar} {text}`,
      stream: to as NodeJS.WriteStream,
      barsize: Math.max(6, Math.min(30, (to.columns ?? 80) - BESIDE - title.length)),
      hideCursor: true,
      fps: 8,
    },
    Presets.shades_classic,
  )
  let first: { readonly step: number; readonly at: number } | undefined
  let last: Moment | undefined
  // A terminal is left as it was found, however the process ends.
  const stop = (): void => {
    process.removeListener('exit', stop)
    if (first === undefined || last === undefined) return
    drawn.update(last.step, { text: `${describeShortly(last)}, ${duration((performance.now() - first.at) / 1000)}` })
    drawn.stop()
  }
  return {
    show: (moment) => {
      last = moment
      if (first === undefined) {
        first = { step: moment.step, at: performance.now() }
        process.once('exit', stop)
        drawn.start(moment.steps, moment.step, { text: describeShortly(moment) })
      } else {
        const pace = (performance.now() - first.at) / (moment.step - first.step)
        drawn.update(moment.step, { text: `${describeShortly(moment)}${remaining(moment, pace)}` })
      }
    },
    stop,
  }
}

/** At most: a fit may stop early. `pace`: milliseconds per step. */
const remaining = ({ step, steps }: Moment, pace: number): string => {
  const seconds = Math.ceil((pace * (steps - step)) / 1000)
  return seconds > 0 && Number.isFinite(seconds) ? `, ${duration(seconds)} left` : ''
}
