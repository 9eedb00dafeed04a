import type { Dataset } from '../../src/train/dataset.ts'
import { normals } from '../draws.ts'

/** Independent normal columns c0, c1, … of these means and deviations. */
export const normalTable = (
  rows: number,
  means: readonly number[],
  deviations: readonly number[],
  seed = 5,
): Dataset => {
  const d = means.length
  return {
    columns: means.map((_, j) => `c${j}`),
    rows,
    data: Float64Array.from(normals(seed, [rows, d]).data, (z, at) => means[at % d]! + deviations[at % d]! * z),
  }
}
