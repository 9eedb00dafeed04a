import { type DataError, explain as explainData, explainFinding, type Finding } from '@diffeo/data'
import { explainFit, explainTheory, type FitError, type TheoryError } from '@diffeo/flows'
import { explainModel, type ModelError } from '@diffeo/flows/export'

/** Which rows of the table something is about. */
export type Part = 'all' | 'training' | 'validation' | 'test'

/** All that can go wrong in a command. Facts only; `explain` words them. */
export type CliError =
  | { readonly _tag: 'Usage'; readonly line: string }
  | { readonly _tag: 'Data'; readonly error: DataError }
  | { readonly _tag: 'Unfit'; readonly source: string; readonly part: Part; readonly findings: readonly Finding[] }
  | { readonly _tag: 'Theory'; readonly source: string; readonly part: Part; readonly error: TheoryError }
  | { readonly _tag: 'NoSuchRows'; readonly source: string; readonly part: Part; readonly wanted: string }
  | { readonly _tag: 'OneColumn'; readonly source: string; readonly column: string; readonly flow: string }
  | { readonly _tag: 'Fit'; readonly source: string; readonly error: FitError; readonly row?: number }
  | { readonly _tag: 'Model'; readonly path: string; readonly error: ModelError }
  | { readonly _tag: 'UnfinishedThere'; readonly path: string; readonly checkpoint: string }
  | { readonly _tag: 'NothingToResume'; readonly checkpoint: string }
  | { readonly _tag: 'OtherFit'; readonly checkpoint: string; readonly differs: string }
  /** A model that states what does not hold. */
  | { readonly _tag: 'Unsound'; readonly path: string; readonly findings: readonly string[] }
  | { readonly _tag: 'NotWritten'; readonly path: string; readonly detail: string }
  | { readonly _tag: 'Interrupted'; readonly kept?: string }

/** 1: the job failed. 2: the call was wrong. 130: the user stopped it. */
export const statusOf = (e: CliError): number => {
  if (e._tag === 'Usage') return 2
  return e._tag === 'Interrupted' ? 130 : 1
}

const about: Readonly<Record<Part, string>> = {
  all: '',
  training: ', training rows',
  validation: ', validation rows',
  test: ', test rows',
}
/** Findings told in one line; the rest are counted. */
const MOST = 3

/** One line: where, what was expected, what was found, what to do. */
export const explain = (e: CliError): string => {
  switch (e._tag) {
    case 'Usage':
      return e.line
    case 'Data':
      return explainData(e.error)
    case 'Unfit': {
      const more = e.findings.length > MOST ? ` And ${e.findings.length - MOST} more such findings.` : ''
      return `${e.source}${about[e.part]}: ${e.findings.slice(0, MOST).map(explainFinding).join(' ')}${more}`
    }
    case 'Theory':
      return `${e.source}${about[e.part]}: ${explainTheory(e.error)}`
    case 'NoSuchRows':
      return `${e.source}: ${e.wanted} leaves no ${e.part === 'all' ? '' : `${e.part} `}rows; there must be some to train on, to validate and to test.`
    case 'OneColumn':
      return `${e.source}: the couplings of --flow ${e.flow} need two columns or more, found only "${e.column}"; use --flow maf.`
    case 'Fit':
      return `${e.source}: ${explainFit(e.error)}${e.row === undefined ? '' : ` That is row ${e.row} of the file, counted from 0.`}`
    case 'Model':
      return explainSaved(e.path, e.error)
    case 'Unsound':
      return `${e.path}: ${e.findings.join(' ')}`
    case 'UnfinishedThere':
      return `${e.path}: a fit to it was stopped half-way (${e.checkpoint}); add --resume to continue it, or --force to start again.`
    case 'NothingToResume':
      return `${e.checkpoint}: there is no such folder, so no stopped fit to resume; leave --resume out to start one.`
    case 'OtherFit':
      return `${e.checkpoint}: was made with ${e.differs}; resume with the same data and options, or add --force without --resume to start again.`
    case 'NotWritten':
      return `${e.path}: cannot be written: ${e.detail}.`
    case 'Interrupted':
      return e.kept ?? 'stopped; nothing was written.'
  }
}

/** A folder that is in the way is answered with options of the command line. */
const explainSaved = (path: string, e: ModelError): string => {
  if (e._tag === 'Occupied')
    return `${path}: expected a new or empty folder or an earlier model, found ${e.found}; choose another folder with --out.`
  if (e._tag === 'Exists')
    return `${path}: holds a model already; add --force to replace it, or choose another folder with --out.`
  return explainModel(e)
}
