import type { Json } from '@diffeo/flows'
import { type ModelError, refusal, saveModel, textFile } from '@diffeo/flows/export'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { writable } from '../files/writable.ts'
import type { Fitted } from './fitTable.ts'
import type { Report } from './report.ts'

/** What a model of ours keeps beside its flow. */
export interface Kept {
  /** Σ log standardDeviation of the training rows: added to a log-density in the data's units, it is one in standard deviations. */
  readonly logScale: number
  readonly report: Report
}

/** Whether a model can go to a folder, asked before the work that makes it. */
export const place = async (out: string, replace: boolean): Promise<E.Either<CliError, void>> => {
  const refused = await refusal(out, replace)
  return refused === undefined ? writable(out) : E.left(unsaved(out, refused))
}

/** Writes the model folder, whole or not at all. */
export const save = async (
  out: string,
  { flow, outcome, prepared, gaussians }: Fitted,
  report: Report,
  summary: readonly string[],
  replace: boolean,
): Promise<E.Either<CliError, void>> => {
  const kept: Kept = { logScale: gaussians.independent.logScale, report }
  const model = {
    flow,
    params: outcome.params,
    columns: prepared.train.columns,
    metadata: kept as unknown as Json,
  }
  const extra = { 'summary.txt': textFile(`${summary.join('\n')}\n`) }
  const saved = await saveModel(out, model, { replace, extra })()
  return E.isLeft(saved) ? E.left(unsaved(out, saved.left)) : E.right(undefined)
}

const unsaved = (path: string, error: ModelError): CliError => ({ _tag: 'Model', path, error })
