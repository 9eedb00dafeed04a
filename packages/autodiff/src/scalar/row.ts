import { argument, type Expression, interpret, literal, operand, type Row, type ScalarFunction, type Signature, type StatedError } from './expression.ts'
import { type Interval, REAL } from './interval.ts'

/**
 * What a row's author writes. Fields that are per argument may be given bare by a function of one argument.
 * A derivative of one argument is `(x, y) => …`, of two `(a, b, y) => [∂a, ∂b]`, y being the value of the function.
 */
interface Definition {
  readonly name: string
  /** Number of arguments, 1 when left out. */
  readonly arity?: number
  readonly signature?: Signature
  readonly integer?: Row['integer']
  readonly derivative: (...operandsThenResult: Expression[]) => Expression | null | readonly (Expression | null)[]
  readonly range: Row['range']
  readonly domain: Interval | readonly Interval[]
  readonly error: StatedError
  readonly inverse?: ((y: Expression) => Expression) | Row['inverse']
  readonly logSlope?: ((x: Expression, y: Expression) => Expression) | Row['logSlope']
  readonly injectiveOn?: Interval | readonly Interval[]
}
export interface PrimitiveDefinition extends Definition {
  readonly eval: Row['eval']
}
export interface DerivedDefinition extends Omit<Definition, 'derivative'> {
  readonly lower: (...operands: Expression[]) => Expression
  /** Stated where differentiating `lower` would cancel or pick one side of a kink; otherwise it is derived. */
  readonly derivative?: Definition['derivative']
}

/** A function with a meaning of its own: every target implements it. */
export const primitive = (definition: PrimitiveDefinition): ScalarFunction =>
  callable({ ...common(definition), kind: 'primitive', eval: definition.eval, partials: partialsOf(definition.derivative) })

/** A function written in terms of others: a target needs nothing for it. */
export const derived = (definition: DerivedDefinition): ScalarFunction => {
  const { arity = 1, lower } = definition
  const body = lower(...Array.from({ length: arity }, (_, i) => argument(i)))
  return callable({
    ...common(definition),
    kind: 'derived',
    lower,
    eval: evaluator(body),
    partials: definition.derivative ? partialsOf(definition.derivative) : (operands) => partialsOfBody(body, operands),
  })
}

/** The number that an expression stands for, its arguments given. */
export const evaluator =
  (body: Expression): Row['eval'] =>
  (...x) =>
    interpret<number>(
      body,
      x,
      (value) => value,
      (row, operands) => row.eval(...operands),
    )

