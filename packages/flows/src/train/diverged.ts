import type { HostArray } from '@diffeo/autodiff'
import { joinPartition, type Partition } from '../parameters.ts'
import type { Arrays } from './arrays.ts'
import { rowsAt } from './dataset.ts'
import type { FitError } from './error.ts'
import type { Job, Position } from './job.ts'
import { found } from './outcome.ts'
import { logDensities } from './score.ts'
import type { StepReport } from './session.ts'

interface Wrong {
  readonly tensor: string
  readonly value: number
}

/** What of a step is not finite, by name: the log-likelihood before any gradient. */
export const notFinite = ({ logLikelihood, squares }: StepReport, names: readonly string[]): Wrong | undefined => {
  if (!Number.isFinite(logLikelihood)) return { tensor: 'log-likelihood', value: logLikelihood }
  const at = names.findIndex((_, k) => !Number.isFinite(squares[k]!))
  return at < 0 ? undefined : { tensor: `gradient of ${names[at]}`, value: squares[at]! }
}

/** The error of a step that did not stay finite, with the row to blame where the best parameters so far find one. */
export const diverged = async (
  job: Job,
  at: Position,
  { tensor, value }: Wrong,
  batch: Uint32Array,
  start: Partition<HostArray>,
): Promise<FitError> => {
  const { flow, training, places, engine } = job
  const params = joinPartition(flow.parameters, at.best?.values ?? start) as unknown as Arrays
  const densities = await logDensities(flow, params, rowsAt(training, batch), { engine })
  const worst = densities.findIndex((x) => !Number.isFinite(x))
  const row = worst < 0 ? undefined : places[batch[worst]!]!
  return { _tag: 'Diverged', epoch: at.epoch, step: at.step, tensor, value, row, best: found(flow, at.best) }
}
