import * as E from 'fp-ts/lib/Either.js'
import { countParameters, leavesOf } from '../parameters.ts'
import { batchCount, batchStart, permutation } from './batches.ts'
import { diverged, notFinite } from './diverged.ts'
import type { FitError } from './error.ts'
import { openGuard } from './guard.ts'
import { type Job, keep, type Position, snapshot, validated } from './job.ts'
import { found, type Outcome, outcome, untrained } from './outcome.ts'
import { breather } from './pause.ts'
import { openSession, type Session } from './session.ts'
import { startingValues } from './start.ts'

type Result = E.Either<FitError, Outcome>

/** Checked data and settings in, the outcome out. */
export const train = async (job: Job): Promise<Result> => {
  const { flow, training, validation, settings, options, identity, engine } = job
  const since = performance.now()
  const seconds = (): number => (performance.now() - since) / 1000
  const { resumeFrom: resumed } = options
  const { values, adapts } = await startingValues(flow, training, settings.seed, options.initial, resumed?.values)
  const start = resumed ?? { values }
  const names = leavesOf(flow.parameters).flatMap(({ path, parameter: { role } }) => (role === 'trained' ? [path] : []))
  if (names.length === 0) return untrained(job, values, seconds)
  const stepsPerEpoch = batchCount(training.rows, settings.batchSize)
  const steps = settings.epochs * stepsPerEpoch
  const at: Position = {
    epoch: resumed?.epoch ?? 0,
    batch: resumed?.batch ?? 0,
    step: resumed?.step ?? 0,
    running: resumed?.running ?? 0,
    best: resumed?.best,
    history: [...(resumed?.history ?? [])],
    damping: resumed?.damping ?? 1,
  }
  const session = await openSession(job, steps, adapts, start)
  const emit = options.onEvent ?? (() => {})
  const before = resumed?.identity.engine
  const now = identity.engine!
  if (resumed && before !== now) emit({ _tag: 'OtherEngine', before, now, seconds: seconds() })
  emit({
    _tag: 'Started',
    engine: engine.mode,
    rows: training.rows,
    validationRows: validation?.rows ?? 0,
    parameters: countParameters(flow.parameters, 'trained'),
    epochs: settings.epochs,
    stepsPerEpoch,
    step: at.step,
    seconds: seconds(),
  })
  const guard = await openGuard(job, session, values, emit, seconds)
  const breathe = breather()
  /** The steps that are left of the epoch; an error ends the training. */
  const epochSteps = async (): Promise<FitError | undefined> => {
    const order = permutation(training.rows, settings.seed, 'shuffle', at.epoch)
    for (; at.batch < stepsPerEpoch; at.batch++) {
      if (options.signal?.aborted) return aborted(job, session, at)
      const [from, to] = [at.batch, at.batch + 1].map((b) => batchStart(training.rows, stepsPerEpoch, b))
      const rows = order.subarray(from, to)
      const report = await session.step(rows, at.step, at.damping)
      const wrong = notFinite(report, names)
      if (wrong) return diverged(job, at, wrong, rows, values)
      at.step++
      at.running += report.logLikelihood * rows.length
      const gradientNorm = Math.sqrt(Array.from(report.squares).reduce((sum, x) => sum + x, 0))
      const { logLikelihood } = report
      emit({ _tag: 'Step', epoch: at.epoch, step: at.step, logLikelihood, gradientNorm, seconds: seconds() })
      await breathe()
    }
    return undefined
  }
  try {
    let reason: Outcome['reason'] = 'allEpochs'
    while (at.epoch < settings.epochs && reason === 'allEpochs') {
      const failure = await epochSteps()
      let verdict = await guard.judge(at, failure)
      if (!verdict) {
        // Held-out rows may be lost where those that were looked at are not.
        const lost = await validated(job, session, at)
        verdict = lost && (await guard.judge(at, lost))
      }
      if (verdict === 'undone') continue
      if (verdict) return E.left(verdict)
      await guard.passed()
      const { training: own, validation: held } = at.history.at(-1)!
      const improved = at.best!.epoch === at.epoch
      const best = at.best!.logLikelihood
      emit({
        _tag: 'Epoch',
        epoch: at.epoch,
        step: at.step,
        training: own,
        validation: held,
        improved,
        best,
        seconds: seconds(),
      })
      const stale = at.epoch - at.best!.epoch
      Object.assign(at, { epoch: at.epoch + 1, batch: 0, running: 0 })
      if (stale >= settings.patience) reason = 'noImprovement'
      else if (options.checkpoint && at.epoch % (options.checkpointEvery ?? 1) === 0) {
        const failed = await keep(options, await snapshot(job, session, at))
        if (failed) return E.left(failed)
      }
    }
    emit({ _tag: 'Finished', reason, epochs: at.history.length, bestEpoch: at.best!.epoch, seconds: seconds() })
    return E.right(outcome(job, at, reason, seconds()))
  } finally {
    guard.close()
    session.close()
  }
}

/** Stopped from outside: the training as it stands, so that it can go on. */
const aborted = async (job: Job, session: Session, at: Position): Promise<FitError> => {
  const checkpoint = await snapshot(job, session, at)
  const failed = await keep(job.options, checkpoint)
  return failed ?? { _tag: 'Aborted', epoch: at.epoch, step: at.step, checkpoint, best: found(job.flow, at.best) }
}
