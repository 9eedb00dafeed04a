import { showCondition } from './condition.ts'
import type { WorstRow } from './evaluate.ts'
import type { Fitted } from './fitTable.ts'
import type { FlowChoice } from './flowChoice.ts'
import { showSplit } from './split.ts'

/**
 * The result of a fit as `--json` prints it and the metadata in `model.json` keep it. Log-likelihoods are means per row in
 * nats, in units of the training rows' standard deviations where nothing else is said. Rows are counted from 0, the
 * header left out.
 */
export interface Report {
  readonly data: string
  readonly columns: readonly string[]
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number }
  readonly split: string
  readonly trainWhere: string | null
  readonly flow: FlowChoice
  /** Numbers that the training moved. */
  readonly parameters: number
  readonly seed: number
  readonly epochs: number
  /** The epoch, counted from 1, whose parameters were kept. */
  readonly bestEpoch: number
  readonly seconds: number
  /** What it was trained on, in the engine's own words. */
  readonly engine: string
  /** What it was judged on, in float64. */
  readonly judge: string
  readonly testLogLikelihood: number
  readonly testLogLikelihoodOriginalUnits: number
  readonly testStandardError: number
  readonly trainingLogLikelihood: number
  readonly validationLogLikelihood: number | null
  readonly ceilings: { readonly independentGaussian: number; readonly linear: number }
  readonly gaussianTest: { readonly independent: number; readonly full: number }
  /** How far the flow is above the better one, on the same test rows. */
  readonly aboveGaussian: number
  /** How far it is above what any linear flow reaches on the training rows. */
  readonly aboveLinearCeiling: number
  /** What the distribution's own density reaches on average, its negative entropy, in both units; of toy data alone. */
  readonly exact: { readonly standardised: number; readonly originalUnits: number } | null
  /** How far the flow is below that. The test rows' own luck is in it, by their standard error. */
  readonly belowExact: number | null
  /** What is searched for among the test rows, by low density. */
  readonly sought: string | null
  readonly auc: number | null
  readonly averagePrecision: number | null
  readonly gaussianAuc: number | null
  readonly gaussianAveragePrecision: number | null
  /** Largest distance of a test row from where it comes back to, in standard deviations of its column. */
  readonly roundTripError: number
  readonly worstTestRow: WorstRow
  readonly worstTestRows: readonly WorstRow[]
  /** On the training rows, for each latent coordinate: 0 and 1 at an optimum. */
  readonly latentMean: readonly number[]
  readonly latentSecondMoment: readonly number[]
  /** Mean log|det J| less what an exact flow of this likelihood has, on the training rows: 0 at an optimum. */
  readonly volumeBalance: number | null
  /** Training rows outside the box of a spline. */
  readonly rowsOutsideBox: number
  readonly warnings: readonly string[]
  /** The folder of the saved model. */
  readonly model: string
}

/** A fit as data. */
export const reportOf = (fitted: Fitted, data: string, model: string): Report => {
  const { job, prepared, outcome, gaussians, evaluation, search, rowsOutsideBox, warnings, seconds, engine, judge } =
    fitted
  const { logScale } = gaussians.independent
  const { standardError, worstTestRows, ...judged } = evaluation
  const { testLogLikelihood, gaussianTest, ceilings } = evaluation
  const exact = fitted.entropy === undefined ? undefined : logScale - fitted.entropy
  return {
    data,
    columns: prepared.train.columns,
    rows: { training: prepared.train.rows, validation: prepared.validation.rows, test: prepared.test.rows },
    split: showSplit(job.rows.split),
    trainWhere: job.rows.trainWhere === undefined ? null : showCondition(job.rows.trainWhere),
    flow: job.flow,
    parameters: outcome.parameters,
    seed: job.training.seed,
    epochs: outcome.epochs,
    bestEpoch: outcome.bestEpoch + 1,
    seconds,
    engine,
    judge,
    ...judged,
    testStandardError: standardError,
    trainingLogLikelihood: outcome.trainingLogLikelihood + logScale,
    validationLogLikelihood:
      outcome.validationLogLikelihood === undefined ? null : outcome.validationLogLikelihood + logScale,
    aboveGaussian: testLogLikelihood - Math.max(gaussianTest.independent, gaussianTest.full),
    aboveLinearCeiling: testLogLikelihood - ceilings.linear,
    exact: exact === undefined ? null : { standardised: exact, originalUnits: exact - logScale },
    belowExact: exact === undefined ? null : exact - testLogLikelihood,
    sought: prepared.sought?.what ?? null,
    auc: search?.flow.auc ?? null,
    averagePrecision: search?.flow.averagePrecision ?? null,
    gaussianAuc: search?.gaussian.auc ?? null,
    gaussianAveragePrecision: search?.gaussian.averagePrecision ?? null,
    worstTestRow: worstTestRows[0]!,
    worstTestRows,
    rowsOutsideBox,
    warnings,
    model,
  }
}
