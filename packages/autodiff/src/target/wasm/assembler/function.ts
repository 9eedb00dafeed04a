import { mistake } from '../../../error.ts'
import type { Body, Call, CallIndirect, Code, Local, Result, Statement, ValueType } from './code.ts'
import { describe } from './code.ts'
import { type Operand, operandOf } from './instruction.ts'

/** Parameters by name, in order. */
export type Signature = Readonly<Record<string, ValueType>>
/** A function's type without the names. */
export interface FunctionType {
  readonly parameters: readonly ValueType[]
  readonly result: Result
}

/** A function: a value. A module holds those that it exports, those in its table, and all that these call. */
export interface Func<S extends Signature, R extends Result> extends FunctionType {
  readonly name: string
  readonly result: R
  readonly signature: S
  readonly locals: readonly Local<ValueType>[]
  /** What it does, ending with its result if it has one; or where the platform finds it. */
  readonly body: readonly Code[] | Import
}
export interface Import {
  readonly module: string
  readonly field: string
}

type Parameters<S extends Signature> = { readonly [K in keyof S]: Local<S[K]> }
type Arguments<S extends Signature> = { readonly [K in keyof S]: Operand<S[K]> }

/**
 * A function of named parameters. Its body gives code for its result, or statements where it has none.
 *
 * @example
 * const hypotenuse = func('hypotenuse', { a: 'f32', b: 'f32' }, 'f32', ({ a, b }) =>
 *   f32.sqrt(f32.add(f32.mul(a, a), f32.mul(b, b))),
 * )
 */
export const func = <const S extends Signature, R extends Result>(
  name: string,
  signature: S,
  result: R,
  body: (parameters: Parameters<S>) => R extends ValueType ? Code<R> : Body,
): Func<S, R> => {
  const locals = Object.entries(signature).map(
    ([parameter, type]): Local<ValueType> => ({ kind: 'local', type, name: parameter, role: 'parameter' }),
  )
  const given = body(Object.fromEntries(locals.map((local) => [local.name, local])) as unknown as Parameters<S>)
  const code: readonly Code[] = result === 'none' ? statements(given as Body) : [given as Code]
  const last = code.at(-1)
  if (result !== 'none' && last?.type !== result)
    mistake(`${name}: expected a body that gives ${result}, but ${describe(last!)} gives ${last!.type}.`)
  return { name, signature, result, parameters: locals.map((local) => local.type), locals, body: code }
}

/** A function that the platform gives at instantiation, as `imports[module][field]`. */
export const imported = <const S extends Signature, R extends Result>(
  module: string,
  field: string,
  signature: S,
  result: R,
): Func<S, R> => ({
  name: `${module}.${field}`,
  signature,
  result,
  parameters: Object.values(signature),
  locals: [],
  body: { module, field },
})

export const isImported = <S extends Signature, R extends Result>(
  f: Func<S, R>,
): f is Func<S, R> & { readonly body: Import } => !Array.isArray(f.body)

/** A call, arguments by name; they are evaluated in the order of the function's parameters. */
export const call = <S extends Signature, R extends Result>(callee: Func<S, R>, given: Arguments<S>): Call<R> => {
  const names = Object.keys(callee.signature)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  const missing = names.find((name) => given[name] === undefined)
  if (unknown !== undefined || missing !== undefined)
    mistake(`call of '${callee.name}': expected arguments {${names}}, got {${Object.keys(given)}}.`)
  return {
    kind: 'call',
    type: callee.result,
    callee: callee as unknown as Func<Signature, Result>,
    operands: names.map((name, i) => operandOf(`call of '${callee.name}'`, i, callee.parameters[i]!, given[name])),
  }
}

/** Calls the function of that number in the module's table; it must have exactly this type. */
export const callIndirect = <R extends Result>(
  parameters: readonly ValueType[],
  result: R,
  number: Operand<'i32'>,
  given: readonly Operand<ValueType>[],
): CallIndirect<R> => ({
  kind: 'callIndirect',
  type: result,
  signature: { parameters, result },
  operands: [
    ...parameters.map((type, i) => operandOf('callIndirect', i, type, given[i])),
    operandOf('callIndirect', parameters.length, 'i32', number),
  ],
})

/** A body as a flat list; throws where something in it leaves a value. */
export const statements = (body: Body): readonly Statement[] => {
  const flat: Statement[] = []
  const add = (part: Body): void => {
    if (isList(part)) part.forEach(add)
    else if (part.type === 'none') flat.push(part)
    else
      mistake(
        `expected a statement, but ${describe(part)} gives ${(part as Code).type}; store it, set a local to it, or drop it.`,
      )
  }
  add(body)
  return flat
}
const isList = (body: Body): body is readonly Body[] => Array.isArray(body)
