import { moments, type Table } from '@diffeo/data'

/** Rows that a spline passes unchanged somewhere, since they lie outside its box in that column. */
export interface OutsideBox {
  readonly rows: number
  /** The farthest cell, in standard deviations from its column's mean. */
  readonly farthest: number
  readonly column: string
  /** 0-based place in the file, the header not counted. */
  readonly row: number
}

/** Which rows lie outside ±tails in units of the table's own moments; nothing where none does. */
export const outsideBox = (t: Table, tails: number): OutsideBox | undefined => {
  const { mean, standardDeviation } = moments(t)
  const d = t.columns.length
  let rows = 0
  let farthest = { z: 0, at: 0 }
  for (let i = 0; i < t.rows; i++) {
    let outside = false
    for (let j = 0; j < d; j++) {
      const z = Math.abs((t.data[i * d + j]! - mean[j]!) / standardDeviation[j]!)
      if (z > tails) outside = true
      if (z > farthest.z) farthest = { z, at: i * d + j }
    }
    if (outside) rows++
  }
  if (rows === 0) return undefined
  return {
    rows,
    farthest: farthest.z,
    column: t.columns[farthest.at % d]!,
    row: t.origin[Math.floor(farthest.at / d)]!,
  }
}
