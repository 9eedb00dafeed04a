import type { Table } from './table.ts'

/** What a table's columns measure, each `[columns]`. */
export interface Moments {
  readonly mean: Float64Array
  /** Of the population: divided by the number of rows. */
  readonly standardDeviation: Float64Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
}

/** Mean of each column, `[columns]`; NaN without rows. Two passes, so a large common offset costs no digits. */
const means = (t: Table): Float64Array => {
  const width = t.columns.length
  const mean = new Float64Array(width)
  const pass = (): void => {
    const rest = new Float64Array(width)
    for (let i = 0, at = 0; i < t.rows; i++) for (let j = 0; j < width; j++) rest[j]! += t.data[at++]! - mean[j]!
    for (let j = 0; j < width; j++) mean[j]! += rest[j]! / t.rows
  }
  pass()
  pass()
  return mean
}

/**
 * Mean, population standard deviation and range of every column. A constant column has standard deviation exactly 0.
 *
 * @example
 * moments(table({ columns: ['x'], data: Float64Array.of(1, 3) })).standardDeviation // => Float64Array [1]
 */
export const moments = (t: Table): Moments => {
  const width = t.columns.length
  const mean = means(t)
  const variance = new Float64Array(width)
  const minimum = new Float64Array(width).fill(Number.POSITIVE_INFINITY)
  const maximum = new Float64Array(width).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0, at = 0; i < t.rows; i++)
    for (let j = 0; j < width; j++, at++) {
      const x = t.data[at]!
      variance[j]! += ((x - mean[j]!) * (x - mean[j]!)) / t.rows
      minimum[j] = Math.min(minimum[j]!, x)
      maximum[j] = Math.max(maximum[j]!, x)
    }
  // The rounded mean of equal numbers may be off by an ulp, which would make the deviation tiny instead of 0.
  const standardDeviation = variance.map((v, j) => (minimum[j] === maximum[j] ? 0 : Math.sqrt(v)))
  return { mean, standardDeviation, minimum, maximum }
}

/** Population covariance, `[columns, columns]` row-major, symmetric to the bit. */
export const covariance = (t: Table): Float64Array => {
  const width = t.columns.length
  const mean = means(t)
  const result = new Float64Array(width * width)
  for (let i = 0; i < t.rows; i++) {
    const row = t.data.subarray(i * width, (i + 1) * width)
    for (let j = 0; j < width; j++)
      for (let k = 0; k <= j; k++) result[j * width + k]! += ((row[j]! - mean[j]!) * (row[k]! - mean[k]!)) / t.rows
  }
  for (let j = 0; j < width; j++) for (let k = 0; k < j; k++) result[k * width + j] = result[j * width + k]!
  return result
}

/** A value that comes more than once in a column. */
export interface Tie {
  readonly value: number
  readonly count: number
}

/** Each value that comes more than once in these numbers, the most frequent first, then by size. */
export const ties = (values: Float64Array): readonly Tie[] => {
  const sorted = values.slice().sort()
  const found: Tie[] = []
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++
    // NaN equals nothing, itself included.
    if (end === start) end++
    else if (end - start > 1) found.push({ value: sorted[start]!, count: end - start })
  }
  return found.sort((a, b) => b.count - a.count || a.value - b.value)
}
