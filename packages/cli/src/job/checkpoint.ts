import { rm, stat } from 'node:fs/promises'
import type { Checkpoint, FitError } from '@diffeo/flows'
import { explainModel, loadCheckpoint, type ModelError, saveCheckpoint } from '@diffeo/flows/export'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'

/** Where a fit that was stopped waits to be continued: beside the model's place, which stays as it was. */
export const checkpointOf = (out: string): string => `${out.replace(/[\\/]+$/, '')}.checkpoint`

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** How a new fit meets an earlier one that was stopped. */
export interface Meeting {
  readonly resume: boolean
  readonly force: boolean
}

/** The checkpoint to go on from, or nothing for a fit that starts afresh; refused where the user has to decide. */
export const opening = async (
  out: string,
  { resume, force }: Meeting,
): Promise<E.Either<CliError, Checkpoint | undefined>> => {
  const folder = checkpointOf(out)
  if (!(await exists(folder)))
    return resume ? E.left({ _tag: 'NothingToResume', checkpoint: folder }) : E.right(undefined)
  const found = await loadCheckpoint(folder)()
  if (resume) return E.mapLeft((error: ModelError): CliError => ({ _tag: 'Model', path: folder, error }))(found)
  // A damaged checkpoint may go, a folder that merely has this name may not.
  if (E.isLeft(found) && (found.left._tag === 'Missing' || found.left._tag === 'OtherFormat'))
    return E.left({ _tag: 'Model', path: folder, error: { _tag: 'Occupied', path: folder, found: 'no checkpoint' } })
  return force ? E.right(undefined) : E.left({ _tag: 'UnfinishedThere', path: out, checkpoint: folder })
}

/** Writes a checkpoint in place of the one before it; rejects where it cannot. */
export const keepFor =
  (out: string) =>
  async (checkpoint: Checkpoint): Promise<void> => {
    const kept = await saveCheckpoint(checkpointOf(out), checkpoint)()
    if (E.isLeft(kept)) throw new Error(explainModel(kept.left).replace(/\.$/, ''))
  }

/** The fit is over, so there is nothing to continue. */
export const forget = (out: string): Promise<void> => rm(checkpointOf(out), { recursive: true, force: true })

/**
 * How a fit that gave no model ends: one that was stopped says how it goes on, one that met the checkpoint of another
 * fit what differs; one that diverged leaves nothing, since it would diverge again.
 */
export const ended = async (e: CliError, out: string): Promise<CliError> => {
  const checkpoint = checkpointOf(out)
  const goesOn = `run the same command with --resume to continue (from ${checkpoint}).`
  if (e._tag === 'Interrupted')
    return (await exists(checkpoint)) ? { _tag: 'Interrupted', kept: `stopped; ${goesOn}` } : e
  if (e._tag !== 'Fit') return e
  const { error } = e
  if (error._tag === 'Aborted') return { _tag: 'Interrupted', kept: `stopped in epoch ${error.epoch + 1}; ${goesOn}` }
  if (error._tag === 'OtherTraining') return { _tag: 'OtherFit', checkpoint, differs: differs(error) }
  if (error._tag === 'Diverged') await forget(out)
  return e
}

const differs = ({ what, expected, found }: Extract<FitError, { readonly _tag: 'OtherTraining' }>): string => {
  if (what !== 'settings') return `other ${what}`
  const [now, then] = [expected, found].map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
  const options = Object.keys(now!).filter((name) => now![name] !== then![name])
  return `other options (${options.map((name) => `${optionOf(name)} ${then![name]}`).join(', ')})`
}

/** `learningRate` is asked for by `--learning-rate`. */
const optionOf = (name: string): string => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`
