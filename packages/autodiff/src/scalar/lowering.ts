import { type Expression, literal, type ScalarFunction } from './expression.ts'
import { add, mul } from './primitives.ts'
import {
  callable,
  common,
  type Definition,
  type Derivative,
  evaluate,
  lazy,
  operandsOf,
  stated,
  substitute,
} from './row.ts'

export interface DerivedDefinition extends Definition {
  readonly lower: (...operands: Expression[]) => Expression
  /** Stated where differentiating `lower` would cancel or pick one side of a kink; derived by the chain rule otherwise. */
  readonly derivative?: Derivative
}

/** A function written in terms of others: a target needs nothing for it. */
export const derived = (definition: DerivedDefinition): ScalarFunction => {
  const { arity = 1, lower, derivative } = definition
  const lowered = lazy(() => lower(...operandsOf(arity)))
  return callable({
    ...common(definition),
    kind: 'derived',
    lowered,
    eval: (...x) => evaluate(lowered(), x),
    partials: lazy(() =>
      derivative ? stated(derivative, arity) : operandsOf(arity).map((_, i) => partialBy(lowered(), i)),
    ),
  })
}

/** The chain rule on an expression; null where it does not depend on the argument. */
const partialBy = (e: Expression, index: number): Expression | null => {
  if (e.kind === 'argument') return e.index === index ? literal(1) : null
  if (e.kind === 'constant') return null
  const here = [...e.operands, e]
  return e.operands.reduce<Expression | null>((total, inner, i) => {
    const slope = e.row.partials()[i]
    const inside = slope && partialBy(inner, index)
    if (!slope || !inside) return total
    const term = mul(substitute(slope, here), inside)
    return total ? add(total, term) : term
  }, null)
}
