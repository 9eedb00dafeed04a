import { draws } from '../../../data/src/draws.ts'
import type { Dataset } from '../../src/train/dataset.ts'

/** Independent normal columns c0, c1, … of these means and deviations. */
export const normalTable = (
  rows: number,
  means: readonly number[],
  deviations: readonly number[],
  seed = 5,
): Dataset => {
  const source = draws(seed)
  const d = means.length
  return {
    columns: means.map((_, j) => `c${j}`),
    rows,
    data: Float64Array.from({ length: rows * d }, (_, at) => {
      const [i, j] = [Math.floor(at / d), at % d]
      return means[j]! + deviations[j]! * source.normal(i, j)
    }),
  }
}
