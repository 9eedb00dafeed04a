import {
  argument,
  type Expression,
  interpret,
  literal,
  type Operand,
  operand,
  type Row,
  type ScalarFunction,
  type Signature,
  type StatedError,
  type Undo,
} from './expression.ts'
import { type Interval, REAL } from './interval.ts'

type Formula = (...operandsThenValue: Expression[]) => Expression
type UndoDefinition = { readonly inverse: Formula; readonly logSlope: Formula; readonly on?: Interval }

/** What a row's author writes. What is per argument may be given bare by a function of one argument. */
export interface Definition {
  readonly name: string
  /** Number of arguments, 1 when left out. */
  readonly arity?: number
  /** `float` when left out. */
  readonly signature?: Signature
  readonly integer?: (...x: number[]) => number
  readonly range: (...x: Interval[]) => Interval
  /** All reals when left out. */
  readonly domain?: Interval | readonly Interval[]
  readonly error: StatedError
  /** `{ inverse: (…operands, y) => …, logSlope: (…operands, y) => … }`; an inverse ignores its own argument. */
  readonly undo?: UndoDefinition | readonly (UndoDefinition | null)[]
}
/** `(x, y) => …` for one argument, `(a, b, y) => [∂a, ∂b]` for two; y is the function's value, free to reuse. */
export type Derivative = (...operandsThenValue: Expression[]) => Operand | null | readonly (Operand | null)[]
export interface PrimitiveDefinition extends Definition {
  readonly eval: (...x: number[]) => number
  readonly derivative: Derivative
}
/** A function with a meaning of its own: every target implements it. */
export const primitive = (definition: PrimitiveDefinition): ScalarFunction =>
  callable({
    ...common(definition),
    kind: 'primitive',
    eval: definition.eval,
    partials: lazy(() => stated(definition.derivative, definition.arity ?? 1)),
  })

/** The number an expression stands for, its arguments given. */
export const evaluate = (expression: Expression, args: readonly number[]): number =>
  interpret<number>(
    expression,
    args,
    (value) => value,
    (row, operands) => row.eval(...operands),
  )

/** The expression with its arguments replaced. */
export const substitute = (expression: Expression, args: readonly Expression[]): Expression =>
  interpret<Expression>(expression, args, literal, (row, operands) => ({ kind: 'apply', row, operands }))

/** The fields that primitive and derived rows share. */
export const common = (d: Definition): Omit<Row, 'kind' | 'eval' | 'partials'> => {
  const arity = d.arity ?? 1
  return {
    name: d.name,
    arity,
    signature: d.signature ?? 'float',
    ...(d.integer && { integer: d.integer }),
    range: d.range,
    domain: isPerArgument(d.domain) ? d.domain : Array.from({ length: arity }, () => (d.domain as Interval) ?? REAL),
    error: d.error,
    undo: lazy(() => {
      const rows: readonly (UndoDefinition | null)[] =
        d.undo === undefined ? Array.from({ length: arity }, () => null) : 'inverse' in d.undo ? [d.undo] : d.undo
      const given = [...operandsOf(arity), argument(arity)]
      return rows.map(
        (u): Undo | null => u && { inverse: u.inverse(...given), logSlope: u.logSlope(...given), on: u.on ?? REAL },
      )
    }),
  }
}

const isPerArgument = (domain: Definition['domain']): domain is readonly Interval[] => Array.isArray(domain?.[0])

export const operandsOf = (arity: number): readonly Expression[] => Array.from({ length: arity }, (_, i) => argument(i))

export const stated = (derivative: Derivative, arity: number): readonly (Expression | null)[] => {
  const given = derivative(...operandsOf(arity), argument(arity))
  const list = Array.isArray(given) ? (given as readonly (Operand | null)[]) : [given as Operand | null]
  return list.map((d) => (d === null ? null : operand(d)))
}

/** The value of `make`, made on first use. */
export const lazy = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export const callable = (row: Row): ScalarFunction => {
  const fn = (...operands: Operand[]): Expression => ({
    kind: 'apply',
    row: fn as ScalarFunction,
    operands: operands.map(operand),
  })
  // `name` and `length` of a function are read-only, so they are defined, not assigned.
  for (const [key, value] of Object.entries(row)) Object.defineProperty(fn, key, { value, enumerable: true })
  return fn as unknown as ScalarFunction
}
