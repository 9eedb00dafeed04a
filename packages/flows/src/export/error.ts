import { explainFlowError, type FlowError } from '../error.ts'

/** What can be wrong with a saved model or checkpoint. Facts only; `explainModel` words them. */
export type ModelError =
  | { readonly _tag: 'Missing'; readonly path: string }
  | { readonly _tag: 'Unreadable'; readonly path: string; readonly detail: string }
  | { readonly _tag: 'Unwritable'; readonly path: string; readonly detail: string }
  /** A folder in the way that holds something else than what would be replaced. */
  | { readonly _tag: 'Occupied'; readonly path: string; readonly found: string }
  /** A folder that holds an earlier one, which may not be replaced. */
  | { readonly _tag: 'Exists'; readonly path: string }
  | { readonly _tag: 'NotJson'; readonly file: string; readonly detail: string }
  | { readonly _tag: 'OtherFormat'; readonly file: string; readonly expected: string; readonly found: string }
  | { readonly _tag: 'OtherVersion'; readonly file: string; readonly expected: number; readonly found: string }
  | { readonly _tag: 'BadField'; readonly file: string; readonly field: string; readonly expected: string }
  | { readonly _tag: 'WrongLength'; readonly file: string; readonly expected: number; readonly found: number }
  | { readonly _tag: 'Damaged'; readonly file: string; readonly expected: string; readonly found: string }
  | { readonly _tag: 'BadFlow'; readonly file: string; readonly error: FlowError }
  | { readonly _tag: 'MissingTensor'; readonly file: string; readonly tensor: string }
  | {
      readonly _tag: 'WrongShape'
      readonly file: string
      readonly tensor: string
      readonly expected: readonly number[]
      readonly found: readonly number[]
    }

/** One sentence: what was expected, what came, where, what to do. */
export const explainModel = (e: ModelError): string => {
  switch (e._tag) {
    case 'Missing':
      return `${e.path}: there is no such file; a model is a folder with model.json and weights.bin.`
    case 'Unreadable':
      return `${e.path}: cannot be read: ${e.detail}.`
    case 'Unwritable':
      return `${e.path}: cannot be written: ${e.detail}.`
    case 'Occupied':
      return `${e.path}: holds ${e.found}, which is no part of an earlier model and would be lost; choose another folder or move it away.`
    case 'Exists':
      return `${e.path}: holds an earlier model; say that it may be replaced, or choose another folder.`
    case 'NotJson':
      return `${e.file}: is not JSON (${e.detail}); it was cut off or edited, so save the model again.`
    case 'OtherFormat':
      return `${e.file}: expected the format "${e.expected}", found ${e.found}.`
    case 'OtherVersion':
      return `${e.file}: expected version ${e.expected} of the format, found ${e.found}; load it with the release that wrote it.`
    case 'BadField':
      return `${e.file}: expected "${e.field}" to be ${e.expected}.`
    case 'WrongLength':
      return `${e.file}: expected ${e.expected} bytes, found ${e.found}; it was cut off or belongs to another model.`
    case 'Damaged':
      return `${e.file}: expected the checksum ${e.expected}, found ${e.found}; its content was damaged or belongs to another model.`
    case 'BadFlow':
      return `${e.file}: ${explainFlowError(e.error)}`
    case 'MissingTensor':
      return `${e.file}: lists no weights for "${e.tensor}", which the flow declares.`
    case 'WrongShape':
      return `${e.file}: expected "${e.tensor}" of shape [${e.expected.join(', ')}], found [${e.found.join(', ')}].`
  }
}
