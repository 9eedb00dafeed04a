import { open } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Flow } from '../flow.ts'
import { faultOf } from './check.ts'
import { engineName, identityOf, mismatch } from './checkpoint.ts'
import type { Dataset } from './dataset.ts'
import { explainFit, type FitError } from './error.ts'
import { holdOut } from './holdOut.ts'
import { type FitOptions, settingsOf } from './options.ts'
import type { Outcome } from './outcome.ts'
import { train } from './train.ts'

/**
 * Maximum likelihood: Adam along the gradient of the mean log-density of batches, with a learning rate that rises and
 * then falls, gradients clipped together, and an end when held-out rows gain no more. Nothing runs until the task does.
 *
 * The same seed gives the same result to the bit. Columns are taken as they are: put a standardising layer first.
 *
 * @throws when an option is outside its range
 * @example
 * const outcome = await fit(flow, table, { seed: 1 })()
 */
export const fit = (flow: Flow, data: Dataset, options: FitOptions = {}): TaskEither<FitError, Outcome> => {
  const settings = settingsOf(options)
  const { validation: held = 0.1, resumeFrom } = options
  return async () => {
    const fault =
      faultOf(data, flow.domain, 'training') ??
      (typeof held === 'object' ? faultOf(held, flow.domain, 'validation') : undefined)
    if (fault) return E.left(fault)
    const parts = holdOut(data, held, settings.seed)
    const training = identityOf(flow, parts.training, parts.validation, settings)
    const other = resumeFrom && mismatch(training, resumeFrom.identity)
    if (other) return E.left(other)
    const engine = options.engine ?? (await open('auto'))
    const identity = { ...training, engine: engineName(engine) }
    try {
      return await train({ ...parts, flow, settings, options, identity, engine })
    } finally {
      if (!options.engine) engine.dispose()
    }
  }
}

/** `fit` for scripts: the outcome, or a thrown error that says what `explainFit` says. */
export const fitOrThrow = async (flow: Flow, data: Dataset, options: FitOptions = {}): Promise<Outcome> => {
  const outcome = await fit(flow, data, options)()
  if (E.isLeft(outcome)) throw new Error(explainFit(outcome.left), { cause: outcome.left })
  return outcome.right
}
