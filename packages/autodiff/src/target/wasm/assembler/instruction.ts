import { mistake } from '../../../error.ts'
import {
  type Code,
  describe,
  type ImmediateKind,
  type Immediates,
  type Instruction,
  type Result,
  type ValueType,
} from './code.ts'

/** What an operand may be written as: code, or a number that becomes a constant. `V` are the literals of a vector. */
export type Operand<T extends ValueType, V = never> = Code<T> | Literal<T, V>
type Literal<T extends ValueType, V> = T extends 'i32' | 'f32' | 'f64' ? number : T extends 'i64' ? bigint : V

/** What follows the operands in a call, by what the instruction carries in itself. */
interface Trailing {
  readonly none: readonly []
  readonly memory: readonly [offset?: number]
  readonly lane: readonly [lane: number]
  readonly memoryLane: readonly [lane: number, offset?: number]
  readonly shuffle: readonly [lanes: readonly number[]]
  readonly literal: readonly []
}

/** A row as its author writes it; the name is its key. */
export interface Row<
  P extends readonly ValueType[] = readonly ValueType[],
  R extends Result = Result,
  I extends ImmediateKind = ImmediateKind,
> {
  readonly opcode: readonly number[]
  readonly operands: P
  readonly result: R
  readonly immediate: I
  readonly alignment: number
}

export type Emit<P extends readonly ValueType[], R extends Result, I extends ImmediateKind, V> = ((
  ...given: readonly [...{ [K in keyof P]: Operand<P[K], V> }, ...Trailing[I]]
) => Code<R>) & { readonly instruction: Instruction }

type Family<T extends Readonly<Record<string, Row>>, V> = {
  readonly [K in keyof T]: T[K] extends Row<infer P, infer R, infer I> ? Emit<P, R, I, V> : never
}

export const row = <const P extends readonly ValueType[], R extends Result>(
  opcode: readonly number[],
  operands: P,
  result: R,
): Row<P, R, 'none'> => ({ opcode, operands, result, immediate: 'none', alignment: 0 })

/** A row that carries something in itself; `width` is the bytes of memory it covers. */
export const rowWith = <I extends ImmediateKind, const P extends readonly ValueType[], R extends Result>(
  immediate: I,
  opcode: readonly number[],
  operands: P,
  result: R,
  width = 1,
): Row<P, R, I> => ({ opcode, operands, result, immediate, alignment: Math.log2(width) })

/** The two bytes of an opcode after a prefix; numbers from 128 on take two bytes of LEB128. */
const prefixed =
  (prefix: number) =>
  (code: number): readonly number[] =>
    code < 0x80 ? [prefix, code] : [prefix, (code & 0x7f) | 0x80, code >> 7]
export const simd = prefixed(0xfd)
export const thread = prefixed(0xfe)
export const extended = prefixed(0xfc)

/** Writes a vector's lanes from one number. */
export type Broadcast<V> = (value: V) => Code<'v128'>

/**
 * The instructions of a table as functions that build code: operands in the specification's order, then what the
 * instruction carries in itself (an offset, a lane). `broadcast` makes a vector operand of a plain number.
 */
export const family = <const T extends Readonly<Record<string, Row>>, V = never>(
  prefix: string,
  table: T,
  broadcast?: Broadcast<V>,
): Family<T, V> => {
  const entries = Object.entries(table).map(([key, row]) => {
    const name = `${prefix}.${specificationName(key)}`
    return [key, emitter({ name, ...row }, broadcast as Broadcast<unknown> | undefined)] as const
  })
  return Object.fromEntries(entries) as unknown as Family<T, V>
}

/** `truncSatF32x4S` is `trunc_sat_f32x4_s` there. */
const specificationName = (key: string): string => key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)

const emitter = (instruction: Instruction, broadcast: Broadcast<unknown> | undefined) =>
  Object.assign(
    (...given: readonly unknown[]): Code => {
      const { operands, immediate } = instruction
      const trailing = given.slice(operands.length)
      if (given.length < operands.length || trailing.length > trailingCount[immediate])
        mistake(
          `${instruction.name}: expected ${counted(operands.length, 'operand')} (${operands.join(', ')}), got ${given.length} arguments.`,
        )
      return {
        kind: 'apply',
        type: instruction.result,
        instruction,
        operands: operands.map((type, i) => operandOf(instruction.name, i, type, given[i], broadcast)),
        immediates: immediatesOf(instruction, trailing),
      }
    },
    { instruction },
  )

const trailingCount: Readonly<Record<ImmediateKind, number>> = {
  none: 0,
  memory: 1,
  lane: 1,
  memoryLane: 2,
  shuffle: 1,
  literal: 0,
}
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** An operand as code of the type that is wanted there. */
export const operandOf = <T extends ValueType>(
  where: string,
  index: number,
  type: T,
  given: unknown,
  broadcast?: Broadcast<unknown>,
): Code<T> => {
  if (typeof given === 'number' || typeof given === 'bigint') {
    const code = literalOf(type, given, broadcast)
    if (code) return code as Code<T>
    return mistake(`${where}: operand ${index + 1} must be ${type}; ${given} cannot be written as one here.`)
  }
  const code = given as Code
  if (code.type === type) return code as Code<T>
  return mistake(`${where}: operand ${index + 1} must be ${type}, but ${describe(code)} gives ${code.type}.`)
}

const literalOf = (type: ValueType, value: number | bigint, broadcast?: Broadcast<unknown>): Code | null => {
  if (type === 'v128') return broadcast ? broadcast(value) : null
  return (type === 'i64') === (typeof value === 'bigint') ? constantOf(type, value) : null
}

export const constantOf = <T extends ValueType>(type: T, literal: number | bigint | Uint8Array): Code<T> => ({
  kind: 'apply',
  type,
  instruction: constants[type],
  operands: [],
  immediates: { literal },
})

const constant = (type: ValueType, opcode: readonly number[]): Instruction => ({
  name: `${type}.const`,
  opcode,
  operands: [],
  result: type,
  immediate: 'literal',
  alignment: 0,
})
const constants: Readonly<Record<ValueType, Instruction>> = {
  i32: constant('i32', [0x41]),
  i64: constant('i64', [0x42]),
  f32: constant('f32', [0x43]),
  f64: constant('f64', [0x44]),
  v128: constant('v128', simd(0x0c)),
}

const immediatesOf = (instruction: Instruction, given: readonly unknown[]): Immediates => {
  switch (instruction.immediate) {
    case 'none':
    case 'literal':
      return NOTHING
    case 'memory':
      return { offset: offsetOf(instruction, given[0]) }
    case 'lane':
      return { lane: laneOf(instruction, given[0], lanesOf(instruction.name)) }
    case 'memoryLane':
      return {
        lane: laneOf(instruction, given[0], 16 >> instruction.alignment),
        offset: offsetOf(instruction, given[1]),
      }
    case 'shuffle':
      return { lanes: shuffleOf(instruction, given[0] as readonly number[]) }
  }
}
const NOTHING: Immediates = {}

/** Lanes of a vector by its name: `f32x4` has 4. */
const lanesOf = (name: string): number => Number(/x(\d+)/.exec(name)![1])

const offsetOf = (instruction: Instruction, given: unknown): number => {
  const offset = (given ?? 0) as number
  if (Number.isInteger(offset) && offset >= 0 && offset < 2 ** 32) return offset
  return mistake(`${instruction.name}: expected an offset in 0 … 2^32 - 1, got ${offset}.`)
}
const laneOf = (instruction: Instruction, given: unknown, count: number): number => {
  const lane = given as number
  if (Number.isInteger(lane) && lane >= 0 && lane < count) return lane
  return mistake(`${instruction.name}: expected a lane in 0 … ${count - 1}, got ${lane}.`)
}
const shuffleOf = (instruction: Instruction, lanes: readonly number[]): readonly number[] => {
  if (lanes.length === 16 && lanes.every((lane) => Number.isInteger(lane) && lane >= 0 && lane < 32)) return lanes
  return mistake(`${instruction.name}: expected 16 lanes in 0 … 31, got [${lanes}].`)
}
