import { mistake } from '../mistake.ts'
import { permutation } from './batches.ts'
import { type Dataset, rowsAt } from './dataset.ts'

/** A table in its two parts; `places[i]` is training row i's place in the table that was passed. */
export interface Parts {
  readonly training: Dataset
  readonly validation: Dataset | undefined
  readonly places: Uint32Array
}

/**
 * Holds out a share of the rows, chosen by the seed, or takes the rows given. A share above 0 holds out one row at
 * least and leaves one at least.
 */
export const holdOut = (data: Dataset, validation: Dataset | number, seed: number): Parts => {
  const all = Uint32Array.from({ length: data.rows }, (_, i) => i)
  if (typeof validation === 'object') return { training: data, validation, places: all }
  if (!(validation >= 0 && validation < 1))
    return mistake(`fit: validation is a table or a share from 0 to below 1, got ${validation}.`)
  const count = validation === 0 ? 0 : Math.min(data.rows - 1, Math.max(1, Math.round(validation * data.rows)))
  if (count === 0) return { training: data, validation: undefined, places: all }
  const order = permutation(data.rows, seed, 'split', 0)
  const places = order.slice(count).sort()
  return {
    training: rowsAt(data, places),
    validation: rowsAt(data, order.slice(0, count).sort()),
    places,
  }
}
