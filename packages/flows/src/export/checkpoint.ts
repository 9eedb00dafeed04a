import type { HostArray, Tree } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Partition } from '../parameters.ts'
import { type Arrays, mapArrays } from '../train/arrays.ts'
import type { Checkpoint, EpochRecord } from '../train/checkpoint.ts'
import { documentFromFiles, documentToFiles, type Format } from './document.ts'
import type { ModelError } from './error.ts'
import type { Files } from './files.ts'
import type { NamedArray } from './tensors.ts'

export const CHECKPOINT: Format = {
  format: 'diffeo-checkpoint',
  json: 'checkpoint.json',
  binary: 'checkpoint.bin',
}

/** The files of a checkpoint: `checkpoint.json`, and `checkpoint.bin` beside it. */
export const checkpointToFiles = ({ values, optimiser, average, best, history, ...rest }: Checkpoint): Files => {
  const arrays: NamedArray[] = []
  const tree = mapArrays<HostArray, string>(
    {
      values: treeOf(values),
      optimiser,
      ...(average && { average }),
      ...(best && { best: treeOf(best.values) }),
    },
    (array) => {
      const path = String(arrays.length)
      arrays.push({ path, array })
      return path
    },
  )
  const fields = {
    ...rest,
    running: written(rest.running),
    best: best ? { epoch: best.epoch, logLikelihood: written(best.logLikelihood) } : null,
    history: history.map(({ training, validation }) => ({
      training: written(training),
      validation: validation === undefined ? null : written(validation),
    })),
    tree,
  }
  return documentToFiles(CHECKPOINT, fields, arrays)
}

/** The checkpoint that files hold. */
export const checkpointFromFiles = (files: Files): E.Either<ModelError, Checkpoint> => {
  const read = documentFromFiles(CHECKPOINT, files)
  if (E.isLeft(read)) return read
  const { fields, arrays } = read.right
  const stored = fields as unknown as Stored
  const wrong = FIELDS.find(([name, holds]) => !holds(fields[name]))
  if (wrong) return E.left({ _tag: 'BadField', file: CHECKPOINT.json, field: wrong[0], expected: wrong[2] })
  const { identity, epoch, batch, step } = stored
  const tree = (branch: unknown): Arrays => planted(branch, arrays)
  try {
    return E.right({
      identity,
      epoch,
      batch,
      step,
      running: Number(stored.running),
      ...(stored.damping !== undefined && { damping: stored.damping }),
      values: tree(stored.tree.values) as unknown as Partition<HostArray>,
      optimiser: tree(stored.tree.optimiser),
      average: stored.tree.average === undefined ? undefined : tree(stored.tree.average),
      best: stored.best
        ? {
            epoch: stored.best.epoch,
            logLikelihood: Number(stored.best.logLikelihood),
            values: tree(stored.tree.best) as unknown as Partition<HostArray>,
          }
        : undefined,
      history: stored.history.map(
        ({ training, validation }): EpochRecord => ({
          training: Number(training),
          validation: validation === null ? undefined : Number(validation),
        }),
      ),
    })
  } catch (thrown) {
    if (thrown instanceof NoSuchArray)
      return E.left({ _tag: 'MissingTensor', file: CHECKPOINT.json, tensor: thrown.message })
    throw thrown
  }
}

/** What `checkpointToFiles` writes beside the arrays; numbers that JSON has no word for as text. */
interface Stored extends Pick<Checkpoint, 'identity' | 'epoch' | 'batch' | 'step' | 'damping'> {
  readonly running: number | string
  readonly best: { readonly epoch: number; readonly logLikelihood: number | string } | null
  readonly history: readonly { readonly training: number | string; readonly validation: number | string | null }[]
  readonly tree: Readonly<Record<'values' | 'optimiser' | 'average' | 'best', unknown>>
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)
const isCount = (x: unknown): boolean => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0
const isNumber = (x: unknown): boolean => typeof x === 'number' || typeof x === 'string'

const FIELDS: readonly (readonly [string, (x: unknown) => boolean, string])[] = [
  ['identity', (x) => isRecord(x) && Object.values(x).every((v) => typeof v === 'string'), 'a record of texts'],
  ['epoch', isCount, 'a whole number'],
  ['batch', isCount, 'a whole number'],
  ['step', isCount, 'a whole number'],
  ['running', isNumber, 'a number'],
  ['best', (x) => x === null || (isRecord(x) && isCount(x.epoch) && isNumber(x.logLikelihood)), 'an epoch or null'],
  ['history', (x) => Array.isArray(x) && x.every((h) => isRecord(h) && isNumber(h.training)), 'a list of epochs'],
  ['tree', (x) => isRecord(x) && isRecord(x.values) && isRecord(x.optimiser), 'a tree of arrays'],
]

const written = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

const treeOf = ({ trained, state }: Partition<HostArray>): Tree<HostArray> => ({ trained, state })

class NoSuchArray extends Error {}

/** A tree of names with the arrays in their place. */
const planted = (branch: unknown, arrays: ReadonlyMap<string, HostArray>): Arrays => {
  if (Array.isArray(branch)) return branch.map((part) => planted(part, arrays))
  if (isRecord(branch)) return Object.fromEntries(Object.entries(branch).map(([k, part]) => [k, planted(part, arrays)]))
  const found = arrays.get(String(branch))
  if (!found) throw new NoSuchArray(String(branch))
  return found
}
