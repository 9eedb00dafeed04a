import type { Func, FunctionType, Signature } from './function.ts'

/** What a local, an operand or a result may be: integers and floats of 32 and 64 bits, and a vector of 128 bits. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'
/** What a piece of code leaves behind: a value, or nothing. */
export type Result = ValueType | 'none'

/**
 * A tree of instructions, immutable: code that computes one value, or a statement (`Code<'none'>`).
 *
 * The same node may stand in several places. Within one statement it is computed once, where it comes first, and kept;
 * in another statement, or inside the body of a block, loop or branch, it is computed again, since memory and locals
 * may have changed meanwhile: `set` a local, or `bind` the value, to keep it longer.
 */
export type Code<T extends Result = Result> =
  | Apply<T>
  | Local<T & ValueType>
  | Assign<T>
  | Global<T & ValueType>
  | AssignGlobal<T>
  | Call<T>
  | CallIndirect<T>
  | Sequence<T>
  | If<T>
  | Block<T>
  | Branch<T>
  | Leave<T>
export type Value = Code<ValueType>
export type Statement = Code<'none'>
/** Statements in order; lists may be nested, so that parts of a kernel can be functions that give lists. */
export type Body = Statement | readonly Body[]

/** One row of the opcode table. */
export interface Instruction {
  /** As the specification writes it, such as `f32x4.add`. */
  readonly name: string
  readonly opcode: readonly number[]
  readonly operands: readonly ValueType[]
  readonly result: Result
  readonly immediate: ImmediateKind
  /** log₂ of the bytes a memory access covers. */
  readonly alignment: number
}
export type ImmediateKind = 'none' | 'memory' | 'lane' | 'memoryLane' | 'shuffle' | 'literal'

/** An instruction on its operands. */
export interface Apply<T extends Result> {
  readonly kind: 'apply'
  readonly type: T
  readonly instruction: Instruction
  readonly operands: readonly Value[]
  readonly immediates: Immediates
}
export interface Immediates {
  /** Bytes added to the address. */
  readonly offset?: number
  readonly lane?: number
  readonly lanes?: readonly number[]
  /** A constant. */
  readonly literal?: number | bigint | Uint8Array
}

/** A variable of a function; as code, its value at that point. Each is 0 at first. */
export interface Local<T extends ValueType> {
  readonly kind: 'local'
  readonly type: T
  readonly name: string
  readonly role: 'parameter' | 'variable'
}
/** Sets a local; as a value (`tee`), what it was set to. */
export interface Assign<T extends Result> {
  readonly kind: 'assign'
  readonly type: T
  readonly local: Local<ValueType>
  readonly value: Value
}

/** A variable of an instance; as code, its value at that point. */
export interface Global<T extends ValueType> {
  readonly kind: 'global'
  readonly type: T
  readonly name: string
  readonly mutable: boolean
  readonly initial: number | bigint
}
export interface AssignGlobal<T extends Result> {
  readonly kind: 'assignGlobal'
  readonly type: T
  readonly global: Global<ValueType>
  readonly value: Value
}

export interface Call<T extends Result> {
  readonly kind: 'call'
  readonly type: T
  readonly callee: Func<Signature, Result>
  readonly operands: readonly Value[]
}
/** A call of the table's function of that number. */
export interface CallIndirect<T extends Result> {
  readonly kind: 'callIndirect'
  readonly type: T
  readonly signature: FunctionType
  /** The arguments, then the number. */
  readonly operands: readonly Value[]
}

/** Statements, then a value; `locals` live no longer than that. */
export interface Sequence<T extends Result> {
  readonly kind: 'sequence'
  readonly type: T
  readonly locals: readonly Local<ValueType>[]
  readonly body: readonly Statement[]
  readonly value: Code<T>
}
export interface If<T extends Result> {
  readonly kind: 'if'
  readonly type: T
  readonly condition: Code<'i32'>
  readonly yes: readonly Code[]
  readonly no: readonly Code[]
}
/** A branch to a block's label goes to its end, to a loop's to its start. */
export interface Block<T extends Result> {
  readonly kind: 'block'
  readonly type: T
  readonly construct: 'block' | 'loop'
  readonly label: Label
  readonly body: readonly Statement[]
}
export interface Label {
  readonly name: string
}
export interface Branch<T extends Result> {
  readonly kind: 'branch'
  readonly type: T
  readonly label: Label
  /** Branches where this is not 0; always without one. */
  readonly condition?: Code<'i32'>
}
/** Ends the function. */
export interface Leave<T extends Result> {
  readonly kind: 'leave'
  readonly type: T
  readonly value?: Value
}

/** What a node computes before it does its own work, in order; not what stands in bodies. */
export const operandsOf = (code: Code): readonly Value[] => {
  switch (code.kind) {
    case 'apply':
    case 'call':
    case 'callIndirect':
      return code.operands
    case 'assign':
    case 'assignGlobal':
      return [code.value]
    case 'if':
      return [code.condition]
    case 'branch':
      return code.condition ? [code.condition] : []
    case 'leave':
      return code.value ? [code.value] : []
    case 'local':
    case 'global':
    case 'sequence':
    case 'block':
      return []
  }
}

/** A word for a node in messages. */
export const describe = (code: Code): string => {
  switch (code.kind) {
    case 'apply':
      return code.instruction.name
    case 'local':
      return `the ${code.role} '${code.name}'`
    case 'global':
      return `the global '${code.name}'`
    case 'call':
      return `a call of '${code.callee.name}'`
    case 'assign':
    case 'assignGlobal':
    case 'callIndirect':
    case 'sequence':
    case 'if':
    case 'block':
    case 'branch':
    case 'leave':
      return code.kind
  }
}
