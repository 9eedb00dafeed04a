import { open } from '@diffeo/autodiff'
import { type DataError, htru2 } from '@diffeo/data'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { fitTable } from '../job/fitTable.ts'
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
  const engine = await open('auto')
  const around = { terminal, signal, engine }
  const first = await fitTable(survey.right, density(options.seed, options.epochs), {
    ...around,
    title: 'all candidates',
  })
  if (E.isLeft(first)) return stopped(first.left)
  const second = await fitTable(survey.right, search(options.seed, options.epochs), {
    ...around,
    title: 'without pulsars',
    from: first.right,
  })
  engine.dispose()
  if (E.isLeft(second)) return stopped(second.left)
  const report = pulsarsReport(first.right, second.right, models)
  const summary = pulsarsSummary(report)
  const found = reportOf(second.right, report.data, models.search)
  const saved = await save(models.search, second.right, found, summaryOf(found), true)
  if (E.isLeft(saved)) return saved
  const whole = await save(models.density, first.right, report, summary, true)
  if (E.isLeft(whole)) return whole
  if (options.json) print(terminal, JSON.stringify(report))
  else for (const line of [...summary, '', ...places(models)]) print(terminal, line)
  return whole
}

const places = ({ density, search }: { readonly density: string; readonly search: string }): readonly string[] => [
  `Model: ${density}, this summary in ${density}/summary.txt`,
  `Model of the search: ${search}`,
]

const stopped = (e: CliError): E.Either<CliError, never> =>
  E.left(e._tag === 'Fit' && e.error._tag === 'Aborted' ? { _tag: 'Interrupted' } : e)
