import type { Fitted } from '../job/fitTable.ts'
import { type Report, reportOf } from '../job/report.ts'

/** What the job works on, for people. */
const DATA = 'HTRU2'

/** The result of the job: that of the first fit, with the search of the second. */
export interface PulsarsReport extends Report {
  /** The second fit, to rows that are no pulsars; `auc` and `averagePrecision` of the whole are its. */
  readonly search: Report
}

/** Both fits as data; `seconds` is the time of both together. */
export const pulsarsReport = (
  first: Fitted,
  second: Fitted,
  models: { readonly density: string; readonly search: string },
): PulsarsReport => {
  const own = reportOf(first, DATA, models.density)
  const search = reportOf(second, DATA, models.search)
  const { sought, auc, averagePrecision, gaussianAuc, gaussianAveragePrecision } = search
  return {
    ...own,
    seconds: own.seconds + search.seconds,
    sought,
    auc,
    averagePrecision,
    gaussianAuc,
    gaussianAveragePrecision,
    search,
  }
}
