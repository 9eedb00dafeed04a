import { performance } from 'node:perf_hooks'
import type { Table } from '@diffeo/data'
import type { Checkpoint, FitError, FittedGaussians, Flow, Outcome } from '@diffeo/flows'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import { say, type Terminal } from '../terminal.ts'
import { count, short } from '../text/number.ts'
import { outsideBox } from './box.ts'
import type { Engines } from './engine.ts'
import { ceilingOf, type Evaluation, evaluate, gaussiansOf } from './evaluate.ts'
import type { FlowChoice } from './flowChoice.ts'
import { flowFor } from './flowFor.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { RowChoice } from './rowChoice.ts'
import { type Search, search } from './search.ts'
import { type Training, train } from './train.ts'

/** A fit as it was asked for: which rows, which flow, how trained. */
export interface FitJob {
  readonly rows: RowChoice
  readonly flow: FlowChoice
  readonly training: Training
}

/** What surrounds a fit: where it is shown, what stops it, where it starts. */
export interface Around {
  readonly terminal: Terminal
  readonly title: string
  readonly signal: AbortSignal
  readonly engines: Engines
  /** Of the distribution that the rows were drawn from, nats, in the data's units, where it is known. */
  readonly entropy?: number
  /** Start from another fit, of the same flow and in its units. */
  readonly from?: Fitted
  readonly resumeFrom?: Checkpoint
  /** Keeps a checkpoint. */
  readonly keep?: (checkpoint: Checkpoint) => Promise<void>
}

/** What came of a fit. */
export interface Fitted {
  readonly job: FitJob
  readonly prepared: Prepared
  readonly flow: Flow
  readonly gaussians: FittedGaussians
  /** Of the distribution that the rows were drawn from, nats, in the data's units, where it is known. */
  readonly entropy?: number
  readonly outcome: Outcome
  /** What it was trained on, and what it was judged on, in the engines' own words. */
  readonly engine: string
  readonly judge: string
  readonly evaluation: Evaluation
  readonly search: Search | undefined
  readonly rowsOutsideBox: number
  readonly warnings: readonly string[]
  /** Of the whole fit, its evaluation included. */
  readonly seconds: number
}

/** Prepares rows, trains a flow on them and judges it; warnings are told before the training, when they can still help. */
export const fitTable = async (t: Table, job: FitJob, around: Around): Promise<E.Either<CliError, Fitted>> => {
  const started = performance.now()
  const { terminal, title, signal, engines, entropy, from, resumeFrom, keep } = around
  const ready = prepare(t, job.rows)
  if (E.isLeft(ready)) return ready
  const prepared = ready.right
  const built = from === undefined ? flowFor(job.flow, prepared.train) : E.right(from.flow)
  if (E.isLeft(built)) return built
  const flow: Flow = built.right
  const fitted = gaussiansOf(prepared.train)
  if (E.isLeft(fitted)) return fitted
  const gaussians = fitted.right
  const ceiling = ceilingOf(prepared.train)
  if (E.isLeft(ceiling)) return ceiling
  const shift = gaussians.independent.logScale
  // A fit that starts from another has that one's box, and was warned about it then.
  const box = from === undefined ? boxWarning(prepared.train, job.flow) : undefined
  const warnings: string[] = []
  const warn = (line: string): void => {
    warnings.push(line)
    if (!from?.warnings.includes(line)) say(terminal, `warning: ${line}`)
  }
  for (const line of [...prepared.warnings, ...(box === undefined ? [] : [box.line])]) warn(line)
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  const trained = await train(flow, prepared, job.training, {
    terminal,
    title,
    signal,
    marks: {
      shift,
      linear: ceiling.right.standardised.linear.value,
      ...(entropy === undefined ? {} : { exact: shift - entropy }),
    },
    warn,
    engine: engines.trainer,
    ...(from === undefined ? {} : { initial: from.outcome.params }),
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    ...(keep === undefined ? {} : { keep }),
  })
  if (E.isLeft(trained)) return E.left(failure(prepared.train, trained.left))
  const outcome = trained.right
  const judged = await evaluate(flow, outcome.params, prepared, gaussians, ceiling.right, engines.judge)
  if (E.isLeft(judged)) return judged
  const { sought } = prepared
  const found =
    sought === undefined ? undefined : await search(flow, outcome.params, sought, gaussians.full, engines.judge)
  if (found !== undefined && E.isLeft(found)) return found
  if (signal.aborted) return E.left({ _tag: 'Interrupted' })
  return E.right({
    job,
    prepared,
    flow,
    gaussians,
    ...(entropy === undefined ? {} : { entropy }),
    outcome,
    engine: engines.trainer.mode,
    judge: engines.judge.mode,
    evaluation: judged.right,
    search: found?.right,
    rowsOutsideBox: box?.rows ?? 0,
    warnings,
    seconds: (performance.now() - started) / 1000,
  })
}

/** A row that is named is named in its own file. */
const failure = ({ source, origin }: Table, error: FitError): CliError => ({
  _tag: 'Fit',
  source,
  error,
  ...('row' in error && error.row !== undefined ? { row: origin[error.row]! } : {}),
})

const boxWarning = (
  train: Table,
  { spline }: FlowChoice,
): { readonly rows: number; readonly line: string } | undefined => {
  const outside = spline && outsideBox(train, spline.tails)
  if (outside === undefined) return undefined
  const { rows, farthest, column, row } = outside
  const line = `${train.source}: ${count(rows)} of ${count(train.rows)} training rows lie outside the splines' box of ±${spline!.tails} standard deviations (row ${row}, column "${column}" is ${short(farthest)} away), where a spline changes nothing; add --tails ${Math.ceil(farthest + 1)}.`
  return { rows, line }
}
