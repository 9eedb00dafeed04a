import * as E from 'fp-ts/lib/Either.js'
import { crc32 } from '../checksum.ts'
import type { ModelError } from './error.ts'
import { type Files, jsonFile } from './files.ts'
import { isListing, type NamedArray, packTensors, type TensorListing, unpackTensor } from './tensors.ts'

/** The version of both formats, the model's and the checkpoint's. */
export const VERSION = 0

/** A JSON file that says what it is, with its arrays in a second file. */
export interface Format {
  readonly format: string
  readonly json: string
  readonly binary: string
}

/** A document as it was read: its fields unchecked, its arrays by path. */
export interface Document {
  readonly fields: Readonly<Record<string, unknown>>
  readonly arrays: ReadonlyMap<string, NamedArray['array']>
}

export const documentToFiles = (
  { format, json, binary }: Format,
  fields: Readonly<Record<string, unknown>>,
  arrays: readonly NamedArray[],
): Files => {
  const { bytes, listing } = packTensors(arrays)
  return {
    [json]: jsonFile({ format, version: VERSION, ...fields, weights: { file: binary, ...listing } }),
    [binary]: bytes,
  }
}

/** Format, version, length and checksum are compared before anything is believed. */
export const documentFromFiles = (kind: Format, files: Files): E.Either<ModelError, Document> => {
  const { format, json, binary } = kind
  const text = files[json]
  const bytes = files[binary]
  if (!text) return E.left({ _tag: 'Missing', path: json })
  if (!bytes) return E.left({ _tag: 'Missing', path: binary })
  const parsed = parse(json, text)
  if (E.isLeft(parsed)) return parsed
  const fields = parsed.right
  if (fields.format !== format)
    return E.left({ _tag: 'OtherFormat', file: json, expected: format, found: JSON.stringify(fields.format) ?? 'none' })
  if (fields.version !== VERSION)
    return E.left({
      _tag: 'OtherVersion',
      file: json,
      expected: VERSION,
      found: JSON.stringify(fields.version) ?? 'none',
    })
  const { weights } = fields
  if (!isListing(weights))
    return E.left({ _tag: 'BadField', file: json, field: 'weights', expected: 'a listing of arrays inside the file' })
  const damage = damageOf(binary, bytes, weights)
  if (damage) return E.left(damage)
  const arrays = new Map(weights.tensors.map((entry) => [entry.path, unpackTensor(bytes, entry)] as const))
  return E.right({ fields, arrays })
}

const parse = (file: string, text: Uint8Array): E.Either<ModelError, Readonly<Record<string, unknown>>> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? E.right(value as Readonly<Record<string, unknown>>)
      : E.left({ _tag: 'NotJson', file, detail: 'it holds no object' })
  } catch (thrown) {
    return E.left({ _tag: 'NotJson', file, detail: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

const damageOf = (file: string, bytes: Uint8Array, listing: TensorListing): ModelError | undefined => {
  if (bytes.length !== listing.bytes) return { _tag: 'WrongLength', file, expected: listing.bytes, found: bytes.length }
  const found = crc32(bytes)
  return found === listing.checksum ? undefined : { _tag: 'Damaged', file, expected: listing.checksum, found }
}
