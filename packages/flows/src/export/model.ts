import type { HostArray } from '@diffeo/autodiff'
import { sameShape } from '@diffeo/autodiff'
import * as E from 'fp-ts/lib/Either.js'
import type { Json } from '../bijector.ts'
import type { Flow } from '../flow.ts'
import { flattenDeclared, leavesOf, mapDeclared } from '../parameters.ts'
import { builtInFlowKinds, type FlowKinds, rebuildFlow } from '../rebuildFlow.ts'
import type { Arrays } from '../train/arrays.ts'
import { documentFromFiles, documentToFiles, type Format } from './document.ts'
import type { ModelError } from './error.ts'
import type { Files } from './files.ts'

/** A trained flow and what belongs to it. */
export interface Model {
  readonly flow: Flow
  readonly params: Arrays
  /** Names of the columns the flow takes, in order. */
  readonly columns: readonly string[]
  /** Anything else worth keeping: how it was trained, what it reached. */
  readonly metadata: Json
}

export const MODEL: Format = { format: 'diffeo-model', json: 'model.json', binary: 'weights.bin' }

/** The files of a model: `model.json` with the flow's spec, and `weights.bin` beside it. */
export const modelToFiles = ({ flow, params, columns, metadata }: Model): Files => {
  const values = flattenDeclared<HostArray>(flow.parameters, params)
  const arrays = leavesOf(flow.parameters).map(({ path }, i) => ({ path, array: values[i]! }))
  return documentToFiles(MODEL, { columns, metadata, flow: flow.spec }, arrays)
}

/** The model that files hold; a user's own kinds of layers are passed along. */
export const modelFromFiles = (files: Files, kinds: FlowKinds = builtInFlowKinds): E.Either<ModelError, Model> => {
  const read = documentFromFiles(MODEL, files)
  if (E.isLeft(read)) return read
  const { fields, arrays } = read.right
  const { columns, metadata = null } = fields
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string'))
    return E.left({ _tag: 'BadField', file: MODEL.json, field: 'columns', expected: 'a list of names' })
  const flow = rebuildFlow(fields.flow as Json, kinds)
  if (E.isLeft(flow)) return E.left({ _tag: 'BadFlow', file: MODEL.json, error: flow.left })
  const declared = flow.right.parameters
  for (const { path, parameter } of leavesOf(declared)) {
    const found = arrays.get(path)
    if (!found) return E.left({ _tag: 'MissingTensor', file: MODEL.json, tensor: path })
    if (!sameShape(found.shape, parameter.shape))
      return E.left({
        _tag: 'WrongShape',
        file: MODEL.json,
        tensor: path,
        expected: parameter.shape,
        found: found.shape,
      })
  }
  const params = mapDeclared(declared, ({ path }) => arrays.get(path)) as Arrays
  return E.right({ flow: flow.right, params, columns, metadata: metadata as Json })
}
