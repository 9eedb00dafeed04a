import type { HostArray } from '@diffeo/autodiff'
import { crc32 } from '../checksum.ts'

/** Types of numbers; the file holds all of them as float64, which is exact for each. */
const views = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const
export type NumberType = keyof typeof views

/** Where one array lies in the file. */
export interface TensorEntry {
  readonly path: string
  readonly shape: readonly number[]
  readonly type: NumberType
  /** Numbers, not bytes, before it. */
  readonly offset: number
}

/** What stands beside the file to read it and to notice damage. */
export interface TensorListing {
  readonly bytes: number
  readonly checksum: string
  readonly tensors: readonly TensorEntry[]
}

export interface NamedArray {
  readonly path: string
  readonly array: HostArray
}

const typeOf = ({ data }: HostArray): NumberType =>
  data instanceof Float64Array
    ? 'float64'
    : data instanceof Float32Array
      ? 'float32'
      : data instanceof Int32Array
        ? 'int32'
        : 'bool'

/** Arrays one after the other as little-endian float64, and their listing. */
export const packTensors = (
  arrays: readonly NamedArray[],
): { readonly bytes: Uint8Array; readonly listing: TensorListing } => {
  const count = arrays.reduce((total, { array }) => total + array.data.length, 0)
  const bytes = new Uint8Array(8 * count)
  const view = new DataView(bytes.buffer)
  let at = 0
  const tensors = arrays.map(({ path, array }): TensorEntry => {
    const offset = at
    for (const x of array.data) view.setFloat64(8 * at++, x, true)
    return { path, shape: array.shape, type: typeOf(array), offset }
  })
  return { bytes, listing: { bytes: bytes.length, checksum: crc32(bytes), tensors } }
}

/** The array of an entry of the listing. The bytes must have been compared with the listing. */
export const unpackTensor = (bytes: Uint8Array, { shape, type, offset }: TensorEntry): HostArray => {
  const size = shape.reduce((product, n) => product * n, 1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data = new views[type](size)
  for (let i = 0; i < size; i++) data[i] = view.getFloat64(8 * (offset + i), true)
  return { data, shape }
}

const isCount = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0

/** Whether a value from outside has the form of a listing, with every array inside the file. */
export const isListing = (x: unknown): x is TensorListing => {
  if (typeof x !== 'object' || x === null) return false
  const { bytes, checksum, tensors } = x as Partial<TensorListing>
  return isCount(bytes) && typeof checksum === 'string' && Array.isArray(tensors) && tensors.every(inside(bytes))
}

const inside =
  (bytes: number) =>
  (x: unknown): boolean => {
    if (typeof x !== 'object' || x === null) return false
    const { path, shape, type, offset } = x as Partial<TensorEntry>
    if (typeof path !== 'string' || !Array.isArray(shape) || !shape.every(isCount)) return false
    if (!isCount(offset) || typeof type !== 'string' || !Object.hasOwn(views, type)) return false
    return 8 * (offset + (shape as number[]).reduce((product, n) => product * n, 1)) <= bytes
  }
