import { type DataError, htru2, type Table } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { withEngines } from '../job/engine.ts'
import { type Fitted, fitTable } from '../job/fitTable.ts'
import { reportOf } from '../job/report.ts'
import { place, save } from '../job/save.ts'
import { summaryOf } from '../job/summary.ts'
import { print, type Terminal } from '../terminal.ts'
import { density, search } from './jobs.ts'
import { pulsarsReport } from './report.ts'
import { pulsarsSummary } from './summary.ts'

export interface PulsarsOptions {
  readonly seed: number
  readonly epochs?: number
  readonly out: string
  readonly json?: true
}

/** Both fits, one after the other, then their models and what they found. */
export const work = async (
  terminal: Terminal,
  options: PulsarsOptions,
  signal: AbortSignal,
): Promise<E.Either<CliError, void>> => {
  const models = { density: options.out, search: `${options.out}-search` }
  for (const folder of [models.density, models.search]) {
    const free = await place(folder, true)
    if (E.isLeft(free)) return free
  }
  const survey = E.mapLeft((error: DataError): CliError => ({ _tag: 'Data', error }))(await htru2()())
  if (E.isLeft(survey)) return survey
  const fits = await both(terminal, survey.right, options, signal)
  if (E.isLeft(fits)) return fits
  const { first, second } = fits.right
  const report = pulsarsReport(first, second, models)
  const summary = pulsarsSummary(report)
  const found = reportOf(second, report.data, models.search)
  const saved = await save(models.search, second, found, summaryOf(found), true)
  if (E.isLeft(saved)) return saved
  const whole = await save(models.density, first, report, summary, true)
  if (E.isLeft(whole)) return whole
  if (options.json) print(terminal, JSON.stringify(report))
  else for (const line of [...summary, '', ...places(models)]) print(terminal, line)
  return whole
}

const places = ({ density, search }: { readonly density: string; readonly search: string }): readonly string[] => [
  `Model: ${density}, this summary in ${density}/summary.txt`,
  `Model of the search: ${search}`,
]

/** The density of all candidates, and from there that of those that are no pulsars. */
const both = (
  terminal: Terminal,
  survey: Table,
  { seed, epochs }: PulsarsOptions,
  signal: AbortSignal,
): Promise<E.Either<CliError, { readonly first: Fitted; readonly second: Fitted }>> =>
  withEngines(async (engines) => {
    const around = { terminal, signal, engines }
    const first = await fitTable(survey, density(seed, epochs), { ...around, title: 'all candidates' })
    if (E.isLeft(first)) return stopped(first.left)
    const from = first.right
    const second = await fitTable(survey, search(seed, epochs), { ...around, title: 'without pulsars', from })
    return E.isLeft(second) ? stopped(second.left) : E.right({ first: from, second: second.right })
  })

/** Nothing is kept of a job that takes a minute. */
const stopped = (e: CliError): E.Either<CliError, never> =>
  E.left(e._tag === 'Fit' && e.error._tag === 'Aborted' ? { _tag: 'Interrupted' } : e)
