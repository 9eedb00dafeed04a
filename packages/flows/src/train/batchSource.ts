import { constant, type Example, example, gather, type HostArray, type Shape } from '@diffeo/autodiff'
import { gatherer } from './batches.ts'
import type { Dataset } from './dataset.ts'

/** How a step comes by its batch. */
export interface BatchSource {
  /** What a step is given of each example, as a program's signature has it. */
  readonly signature: Example
  /** The batch, in the program. */
  readonly batch: (given: Example) => Example
  /** What a step is given for the rows at these places; valid until the next call. */
  readonly given: (places: Uint32Array) => HostArray
}

/** Numbers up to which a table is put into the program: 64 MiB in float32. Beyond, the memory costs more than it saves. */
const MOST = 2 ** 24

/**
 * The rows of a table lie in the program that trains on them, and a step is given their numbers; of a table of more than
 * `most` numbers, the rows themselves.
 */
export const batchSource = (data: Dataset, shape: Shape, most = MOST): BatchSource =>
  data.data.length <= most ? inside(data, shape) : outside(data, shape)

const inside = ({ rows, data }: Dataset, shape: Shape): BatchSource => {
  const table = constant(data, [rows, ...shape])
  return {
    signature: example([], 'int'),
    batch: (row) => gather(table, row),
    given: (places) => ({ data: new Int32Array(places), shape: [], lanes: places.length }),
  }
}

const outside = (data: Dataset, shape: Shape): BatchSource => ({
  signature: example(shape),
  batch: (row) => row,
  given: gatherer(data, shape),
})
