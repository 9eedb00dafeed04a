import type { DType } from '../../tensor/tensor.ts'
import type { HostArray } from '../engine.ts'
import type { Format } from './format.ts'

/** Values as they lie in memory, in 32-bit pieces: one for each value, or two where words have eight bytes. */
export type Words = Int32Array

/** Booleans become masks; what a word of eight bytes has beyond an integer is 0. */
export const wordsOf = (values: ArrayLike<number>, dtype: DType, { precision, word }: Format): Words => {
  if (dtype === 'float')
    return new Int32Array((precision === 'float32' ? new Float32Array(values) : new Float64Array(values)).buffer)
  if (word === 4) return Int32Array.from(values, (v) => (dtype === 'bool' ? -Number(v !== 0) : v))
  const words = new Int32Array(2 * values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    words[2 * i] = dtype === 'bool' ? -Number(value !== 0) : value
    words[2 * i + 1] = dtype === 'bool' ? words[2 * i]! : 0
  }
  return words
}

/** What `wordsOf` undoes: a copy. */
export const valuesOf = (words: Words, dtype: DType, { precision, word }: Format): HostArray['data'] => {
  if (dtype === 'float') {
    const { buffer } = words.slice()
    return precision === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer)
  }
  const step = word / 4
  const low = step === 1 ? words : Int32Array.from({ length: words.length / step }, (_, i) => words[i * step]!)
  return dtype === 'bool' ? Uint8Array.from(low, (w) => Number(w !== 0)) : step === 1 ? words.slice() : low
}
