import { mistake } from '../../../error.ts'
import type { Code, Local, ValueType } from './code.ts'

/**
 * The numbers of a function's locals. Parameters come first; a variable has a number of its own, since it may be read
 * before it is set; what is kept for a while takes a number that is free.
 */
export interface Slots {
  readonly of: (local: Local<ValueType>) => number
  /** A number for a local, or for a value, that lives until `release`. */
  readonly hold: (what: Code, type: ValueType) => number
  readonly held: (what: Code) => number | undefined
  readonly release: (what: Code) => void
  /** The types of all that are not parameters, in order. */
  readonly types: () => readonly ValueType[]
}

export const slots = (name: string, parameters: readonly Local<ValueType>[]): Slots => {
  const types: ValueType[] = []
  const numbers = new Map<Code, number>(parameters.map((local, i) => [local, i]))
  const free: Record<ValueType, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] }
  const fresh = (type: ValueType): number => parameters.length + types.push(type) - 1
  const keep = (what: Code, number: number): number => {
    numbers.set(what, number)
    return number
  }
  return {
    of: (local) => {
      const known = numbers.get(local)
      if (known !== undefined) return known
      if (local.role === 'parameter')
        mistake(`${name}: uses the parameter '${local.name}' of another function; pass it as an argument.`)
      return keep(local, fresh(local.type))
    },
    hold: (what, type) => keep(what, free[type].pop() ?? fresh(type)),
    held: (what) => numbers.get(what),
    release: (what) => {
      const number = numbers.get(what)!
      free[types[number - parameters.length]!].push(number)
      numbers.delete(what)
    },
    types: () => types,
  }
}
