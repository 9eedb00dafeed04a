import { mistake } from '../../../error.ts'
import type { Assign, AssignGlobal, Body, Code, Global, Local, Sequence, ValueType } from './code.ts'
import { statements } from './function.ts'
import { type Operand, operandOf } from './instruction.ts'

/** A local variable, 0 at first. It belongs to the function in whose body it is used. */
export const local = <T extends ValueType>(type: T, name = 'x'): Local<T> => ({
  kind: 'local',
  type,
  name,
  role: 'variable',
})

export const set = <T extends ValueType>(to: Local<T>, value: Operand<NoInfer<T>>): Assign<'none'> =>
  assign(to, value, 'none')

/** Sets a local; the code's value is what it was set to. */
export const tee = <T extends ValueType>(to: Local<T>, value: Operand<NoInfer<T>>): Assign<T> =>
  assign(to, value, to.type)

const assign = <T extends ValueType, R extends T | 'none'>(to: Local<T>, value: unknown, type: R): Assign<R> => ({
  kind: 'assign',
  type,
  local: to as unknown as Local<ValueType>,
  value: operandOf(`set '${to.name}'`, 0, to.type, value),
})

/** Statements, then a value. */
export const sequence = <T extends ValueType>(body: Body, value: Code<T>): Sequence<T> => ({
  kind: 'sequence',
  type: value.type,
  locals: [],
  body: statements(body),
  value,
})

/** A value computed once, under a name, for all of the code made from it, bodies of branches and loops included. */
export const bind = <T extends ValueType, R extends ValueType>(
  value: Code<T>,
  use: (value: Local<T>) => Code<R>,
  name = 'x',
): Sequence<R> => {
  const kept = local(value.type as T, name)
  const result = use(kept)
  return {
    kind: 'sequence',
    type: result.type as R,
    locals: [kept as unknown as Local<ValueType>],
    body: [set(kept, value as Operand<T>)],
    value: result,
  }
}

/** A variable of each instance of the module; mutable unless said otherwise. */
export const global = <T extends Exclude<ValueType, 'v128'>>(
  type: T,
  name: string,
  initial: T extends 'i64' ? bigint : number,
  mutable = true,
): Global<T> => ({ kind: 'global', type, name, mutable, initial })

export const setGlobal = <T extends ValueType>(to: Global<T>, value: Operand<NoInfer<T>>): AssignGlobal<'none'> => {
  if (!to.mutable) mistake(`the global '${to.name}' is not mutable.`)
  return {
    kind: 'assignGlobal',
    type: 'none',
    global: to as unknown as Global<ValueType>,
    value: operandOf(`set '${to.name}'`, 0, to.type, value),
  }
}
