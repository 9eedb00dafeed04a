import { mistake } from '../../../error.ts'
import { type Bytes, bytes } from './bytes.ts'
import type { Global, ValueType } from './code.ts'
import type { Constants } from './constants.ts'
import { type AnyFunction, END, encodeFunction, encodeLiteral, type Numbering, TYPE_CODES } from './encodeFunction.ts'
import { type FunctionType, type Import, isImported } from './function.ts'
import { constantOf } from './instruction.ts'
import type { Memory, Module } from './module.ts'

/** In the order that the format prescribes; the numbers are not in that order. */
const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  custom: 0,
}
const KIND = { function: 0, table: 1, memory: 2, global: 3 }
const FUNCTION_TYPE = 0x60
const FUNCTION_REFERENCE = 0x70

/** The binary form of a module, with the functions' names for profiles and traces. */
export const encode = (module: Module): Uint8Array => {
  const { numbering, functions, globals, types } = register(module, module.constants)
  const imports = functions.filter(isImported)
  const entries: Uint8Array[] = []
  // More functions are found as those before them are encoded.
  for (let i = imports.length; i < functions.length; i++) {
    const f = functions[i]!
    if (isImported(f)) return mistake(`'${f.name}' is called, but not in the module's imports.`)
    entries.push(encodeFunction(f, f.body as Exclude<AnyFunction['body'], Import>, numbering))
  }
  const defined = functions.slice(imports.length)
  const { memory, table = [], data = [] } = module
  const ownMemory = memory && !memory.from ? [memory] : []
  const out = bytes()
  out.raw([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
  const signatures = defined.map(numbering.ofType)
  section(out, SECTION.type, types, (type, to) => {
    to.byte(FUNCTION_TYPE)
    list(to, type.parameters, (p) => to.byte(TYPE_CODES[p]))
    list(to, type.result === 'none' ? [] : [type.result], (r) => to.byte(TYPE_CODES[r]))
  })
  section(out, SECTION.import, [...imports, ...(memory?.from ? [memory] : [])], (what, to) => {
    const { module: from, field } = 'minimum' in what ? what.from! : what.body
    to.name(from)
    to.name(field)
    if ('minimum' in what) {
      to.byte(KIND.memory)
      limits(to, what)
    } else {
      to.byte(KIND.function)
      to.unsigned(numbering.ofType(what))
    }
  })
  section(out, SECTION.function, signatures, (type, to) => to.unsigned(type))
  section(out, SECTION.table, table.length ? [table.length] : [], (length, to) => {
    to.byte(FUNCTION_REFERENCE)
    limits(to, { minimum: length, maximum: length })
  })
  section(out, SECTION.memory, ownMemory, (own, to) => limits(to, own))
  section(out, SECTION.global, globals, (global, to) => {
    to.byte(TYPE_CODES[global.type])
    to.byte(global.mutable ? 1 : 0)
    constantExpression(to, global.type, global.initial)
  })
  section(out, SECTION.export, exportsOf(module, numbering), ({ name, kind, number }, to) => {
    to.name(name)
    to.byte(kind)
    to.unsigned(number)
  })
  section(out, SECTION.element, table.length ? [table] : [], (members, to) => {
    to.unsigned(0)
    constantExpression(to, 'i32', 0)
    list(to, members, (f) => to.unsigned(numbering.ofFunction(f)))
  })
  section(out, SECTION.code, entries, (entry, to) => to.sized(entry))
  section(out, SECTION.data, data, (segment, to) => {
    to.unsigned(0)
    constantExpression(to, 'i32', segment.at)
    to.sized(segment.bytes)
  })
  names(out, functions)
  return out.done()
}

interface Registry {
  readonly numbering: Numbering
  readonly functions: readonly AnyFunction[]
  readonly globals: readonly Global<ValueType>[]
  readonly types: readonly FunctionType[]
}

/** Numbers given in the order of asking: first to imports, then to what is exported and in the table. */
const register = (module: Module, pool: Constants | undefined): Registry => {
  const functions = numbered<AnyFunction>()
  const globals = numbered<Global<ValueType>>()
  const types = numbered<FunctionType>((type) => `${type.parameters} ${type.result}`)
  for (const f of module.imports ?? []) functions.of(f)
  for (const f of [...Object.values(module.exports), ...(module.table ?? [])]) functions.of(f)
  for (const f of functions.all) types.of(f)
  return {
    numbering: {
      ofFunction: functions.of,
      ofGlobal: globals.of,
      ofType: types.of,
      ofConstant: pool?.place ?? (() => null),
    },
    functions: functions.all,
    globals: globals.all,
    types: types.all,
  }
}

const numbered = <T>(key: (item: T) => unknown = (item) => item): { of: (item: T) => number; all: readonly T[] } => {
  const known = new Map<unknown, number>()
  const all: T[] = []
  return {
    all,
    of: (item) => {
      const before = known.get(key(item))
      if (before !== undefined) return before
      known.set(key(item), all.length)
      return all.push(item) - 1
    },
  }
}

const exportsOf = (
  { exports, memory }: Module,
  numbering: Numbering,
): readonly { readonly name: string; readonly kind: number; readonly number: number }[] => [
  ...Object.entries(exports).map(([name, f]) => ({ name, kind: KIND.function, number: numbering.ofFunction(f) })),
  ...(memory?.exportedAs ? [{ name: memory.exportedAs, kind: KIND.memory, number: 0 }] : []),
]

const list = <T>(out: Bytes, items: readonly T[], write: (item: T) => void): void => {
  out.unsigned(items.length)
  items.forEach(write)
}

/** A section of a list; none for an empty one. */
const section = <T>(out: Bytes, id: number, items: readonly T[], write: (item: T, out: Bytes) => void): void => {
  if (items.length === 0) return
  const content = bytes()
  list(content, items, (item) => write(item, content))
  out.byte(id)
  out.sized(content.done())
}

const limits = (out: Bytes, { minimum, maximum, shared = false }: Memory): void => {
  if (shared && maximum === undefined) mistake('shared memory needs a maximum number of pages.')
  out.byte((maximum === undefined ? 0 : 1) | (shared ? 2 : 0))
  out.unsigned(minimum)
  if (maximum !== undefined) out.unsigned(maximum)
}

const OPCODES: Readonly<Record<ValueType, readonly number[]>> = Object.fromEntries(
  (['i32', 'i64', 'f32', 'f64', 'v128'] as const).map((type) => {
    const constant = constantOf(type, 0)
    return [type, constant.kind === 'apply' ? constant.instruction.opcode : []]
  }),
) as Record<ValueType, readonly number[]>

const constantExpression = (out: Bytes, type: ValueType, value: number | bigint): void => {
  out.raw(OPCODES[type])
  encodeLiteral(type, value, out)
  out.byte(END)
}

const FUNCTION_NAMES = 1
const names = (out: Bytes, functions: readonly AnyFunction[]): void => {
  const inner = bytes()
  inner.unsigned(functions.length)
  functions.forEach((f, i) => {
    inner.unsigned(i)
    inner.name(f.name)
  })
  const content = bytes()
  content.name('name')
  content.byte(FUNCTION_NAMES)
  content.sized(inner.done())
  out.byte(SECTION.custom)
  out.sized(content.done())
}
