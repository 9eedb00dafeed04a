import { found, heading, likelihoods, soundness } from '../job/summary.ts'
import { count, counted, duration } from '../text/number.ts'
import type { PulsarsReport } from './report.ts'

/** The job's result as text for people. */
export const pulsarsSummary = (r: PulsarsReport): readonly string[] => [
  ...heading({ ...r, seconds: r.seconds - r.search.seconds }),
  '',
  ...likelihoods(r),
  '',
  ...soundness(r),
  '',
  `A second fit, from the first, to ${count(r.search.rows.training)} rows with ${r.search.trainWhere}:`,
  `${counted(r.search.epochs, 'epoch')}, ${duration(r.search.seconds)}`,
  ...found(r),
]
