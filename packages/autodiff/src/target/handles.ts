import { mistake } from '../error.ts'
import type { DType } from '../tensor/tensor.ts'
import type { Resident } from './engine.ts'

/** What an engine knows of its handles: where the data is, or why it is gone. */
export interface Handles<T> {
  hold(value: T, shape: readonly number[], dtype: DType, lanes: number | undefined): Resident
  /** @throws when the handle is another engine's, or its array was given away or released */
  get(handle: Resident, what: string): T
  /** Takes the array from its handle; every later use is answered with the reason. */
  take(handle: Resident, what: string, reason: string): T
}

/** What a handle stands for. It is the handle's own, under a name that only this file knows. */
interface Cell {
  readonly owner: object
  readonly state: { value: unknown } | { gone: string }
}
const CELL = Symbol('cell')

export const handleTable = <T>(): Handles<T> => {
  const owner = {}
  const cellOf = (handle: Resident, what: string): { state: { value: T } | { gone: string } } => {
    const cell = (handle as unknown as { readonly [CELL]?: Cell })[CELL]
    if (cell?.owner !== owner) return mistake(`${what}: the array lives in another engine.`)
    return cell as never
  }
  const valueIn = (cell: ReturnType<typeof cellOf>, what: string): T =>
    'gone' in cell.state ? mistake(`${what}: the array was ${cell.state.gone}.`) : cell.state.value
  return {
    hold: (value, shape, dtype, lanes) => {
      const cell: Cell = { owner, state: { value } }
      return Object.freeze({ shape, dtype, lanes, [CELL]: cell }) as unknown as Resident
    },
    get: (handle, what) => valueIn(cellOf(handle, what), what),
    take: (handle, what, reason) => {
      const cell = cellOf(handle, what)
      const value = valueIn(cell, what)
      cell.state = { gone: reason }
      return value
    },
  }
}
