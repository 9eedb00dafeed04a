import { type Dataset, draw, theory } from '@diffeo/flows'
import type { Model } from '@diffeo/flows/export'
import * as E from 'fp-ts/lib/Either.js'
import { pageOf } from '../check/page.ts'
import type { CliError } from '../error.ts'
import { withJudge } from '../job/engine.ts'
import { load } from '../job/model.ts'
import { isToy, read } from '../job/source.ts'
import { print, type Terminal } from '../terminal.ts'

export interface CheckOptions {
  readonly look: number
  readonly json?: true
}

/** The certificate of a saved model. */
export const check = async (
  terminal: Terminal,
  folder: string,
  file: string | undefined,
  { look, json }: CheckOptions,
): Promise<E.Either<CliError, void>> => {
  const loaded = await load(folder)
  if (E.isLeft(loaded)) return loaded
  const { model, kept } = loaded.right
  const sample = await sampleOf(model, file)
  if (E.isLeft(sample)) return sample
  const report = kept?.report
  const known = report && report.testLogLikelihoodOriginalUnits - 2 * report.testStandardError
  const certificate = await theory.certificate(model.flow, model.params, sample.right, {
    look,
    // What the fit measured holds for the rows that it was fitted to, not for others.
    ...(file === undefined || known === undefined || report?.data !== file ? {} : { logLikelihood: known }),
  })
  const from = file ?? null
  const findings = certificate.findings.map(theory.explainCertificateFinding)
  if (json)
    print(
      terminal,
      JSON.stringify({
        model: folder,
        data: from,
        ...certificate,
        advice: certificate.advice.map((a) => ({ ...a, text: theory.explainAdvice(a) })),
      }),
    )
  else for (const line of pageOf(folder, file, certificate)) print(terminal, line)
  return findings.length > 0 ? E.left({ _tag: 'Unsound', path: folder, findings }) : E.right(undefined)
}

const DRAWN = 4096

const sampleOf = async (model: Model, file: string | undefined): Promise<E.Either<CliError, Dataset>> => {
  if (file === undefined) {
    const { rows, data } = await withJudge((engine) =>
      draw(model.flow, model.params, { count: DRAWN, seed: 1, engine }),
    )
    return E.right({ columns: model.columns, rows, data })
  }
  const source = await read(file, isToy(file) ? undefined : model.columns, { split: { kind: 'modulus' } })
  if (E.isLeft(source)) return source
  return E.right(source.right.table)
}
