import type { Interval } from './interval.ts'

/** A scalar formula as data: what derivatives, lowerings and rewrite rules are written in. */
export type Expression = Argument | Constant | Application
export interface Argument {
  readonly kind: 'argument'
  readonly index: number
}
export interface Constant {
  readonly kind: 'constant'
  readonly value: number
}
export interface Application {
  readonly kind: 'apply'
  readonly row: Row
  readonly operands: readonly Expression[]
}
export type Operand = Expression | number

/**
 * Which element types a function takes and gives.
 * - `float`: floats in, float out (integers are converted).
 * - `arithmetic`: floats or integers in, the same out; integers wrap modulo 2^32.
 * - `predicate`: numbers in, bool out.
 * - `logical`: bools in, bool out.
 * - `select`: a bool, then two values of one type.
 */
export type Signature = 'float' | 'arithmetic' | 'predicate' | 'logical' | 'select'

/** What any target may be off by in float32: the larger of `ulp` units in the last place and `absolute`, for arguments in `on` (the domain by default). */
export interface StatedError {
  readonly ulp: number
  readonly absolute?: number
  readonly on?: Interval
}

/**
 * One scalar function: all that the rest of the library knows about it. Booleans are 1 and 0.
 *
 * Formulas of a row are expressions in which arguments 0 … arity-1 are the operands and argument `arity` is the
 * function's value there, free to reuse. They are functions of nothing because rows refer to one another.
 */
export interface Row {
  readonly name: string
  readonly arity: number
  readonly kind: 'primitive' | 'derived'
  readonly signature: Signature
  /** The meaning, in float64; every target is judged by it. */
  readonly eval: (...x: number[]) => number
  /** The meaning on 32-bit integers where it differs (`arithmetic` rows). */
  readonly integer?: (...x: number[]) => number
  /** Partial derivatives by argument; null where the function does not vary smoothly in it (a condition, an integer). */
  readonly partials: () => readonly (Expression | null)[]
  /** A derived function in terms of others. */
  readonly lowered?: () => Expression
  /** Interval in, interval out. */
  readonly range: (...x: Interval[]) => Interval
  /** By argument: where the function is defined; tests draw their inputs here. */
  readonly domain: readonly Interval[]
  readonly error: StatedError
  /** By argument: how the function is undone in it, the others held; null where it is not one-to-one on any interval. */
  readonly undo: () => readonly (Undo | null)[]
}

/** The inverse of a function in one of its arguments. */
export interface Undo {
  /** The argument, from the others and the value. */
  readonly inverse: Expression
  /** log|∂f/∂argument|, in a form that neither cancels nor overflows. */
  readonly logSlope: Expression
  /** The largest interval of the argument on which this holds. */
  readonly on: Interval
}

/** A row that can be called: on expressions it builds an expression. */
export type ScalarFunction = Row & ((...operands: Operand[]) => Expression)

export const argument = (index: number): Expression => ({ kind: 'argument', index })
export const literal = (value: number): Expression => ({ kind: 'constant', value })
export const operand = (x: Operand): Expression => (typeof x === 'number' ? literal(x) : x)

/** Whether two expressions are the same formula. */
export const sameExpression = (a: Expression, b: Expression): boolean => {
  if (a === b) return true
  if (a.kind === 'argument') return b.kind === 'argument' && a.index === b.index
  if (a.kind === 'constant') return b.kind === 'constant' && Object.is(a.value, b.value)
  return b.kind === 'apply' && a.row === b.row && a.operands.every((x, i) => sameExpression(x, b.operands[i]!))
}

/**
 * The expression in any algebra: `apply` gives a row's meaning there. Numbers, intervals, tensors and printed text are
 * four. A subexpression that stands in several places is interpreted once.
 */
export const interpret = <T>(
  expression: Expression,
  args: readonly T[],
  constant: (value: number) => T,
  apply: (row: Row, operands: readonly T[]) => T,
): T => {
  const known = new Map<Expression, T>()
  const visit = (e: Expression): T => {
    if (e.kind === 'argument') return args[e.index]!
    const before = known.get(e)
    if (before !== undefined) return before
    const value = e.kind === 'constant' ? constant(e.value) : apply(e.row, e.operands.map(visit))
    known.set(e, value)
    return value
  }
  return visit(expression)
}
