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

export const handleTable = <T>(): Handles<T> => {
  const held = new WeakMap<Resident, { readonly value: T } | { readonly gone: string }>()
  const get = (handle: Resident, what: string): T => {
    const found = held.get(handle)
    if (!found) return mistake(`${what}: the array lives in another engine.`)
    return 'gone' in found ? mistake(`${what}: the array was ${found.gone}.`) : found.value
  }
  return {
    hold: (value, shape, dtype, lanes) => {
      const handle = Object.freeze({ shape, dtype, lanes }) as Resident
      held.set(handle, { value })
      return handle
    },
    get,
    take: (handle, what, reason) => {
      const value = get(handle, what)
      held.set(handle, { gone: reason })
      return value
    },
  }
}
