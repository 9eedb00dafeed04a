import { loadModel, type Model } from '@diffeo/flows/export'
import * as E from 'fp-ts/lib/Either.js'
import type { CliError } from '../error.ts'
import type { Kept } from './save.ts'

/** A saved model, with what a fit of ours keeps beside it, where it was one. */
export interface Loaded {
  readonly model: Model
  readonly kept: Kept | undefined
}

export const load = async (folder: string): Promise<E.Either<CliError, Loaded>> => {
  const found = await loadModel(folder)()
  if (E.isLeft(found)) return E.left({ _tag: 'Model', path: folder, error: found.left })
  return E.right({ model: found.right, kept: keptIn(found.right) })
}

const keptIn = ({ metadata }: Model): Kept | undefined =>
  typeof metadata === 'object' && metadata !== null && 'logScale' in metadata && 'report' in metadata
    ? (metadata as unknown as Kept)
    : undefined
