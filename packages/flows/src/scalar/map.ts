import { abs, applyExpression, type Example, type Expression, log, neg, nodeOf, primitiveRows } from '@diffeo/autodiff'
import type { Costs, Exactness } from '../bijector.ts'
import { mistake } from '../mistake.ts'
import type { Slopes } from './bounds.ts'
import { derivativeOf } from './derivative.ts'
import { monotone } from './monotone.ts'
import { rootOf } from './root.ts'
import { type Ends, type Obstacle, undo } from './undo.ts'

/** A one-to-one scalar map with all that follows from its expression. `others` are the values that go with the point. */
export interface ScalarMap {
  readonly expression: Expression
  readonly domain: Ends
  readonly codomain: Ends
  readonly slopes: Slopes
  readonly cost: Costs
  readonly exactness: Exactness
  forward(x: Example, others: readonly Example[]): Example
  inverse(z: Example, others: readonly Example[]): Example
  /** log|f′(x)|. */
  logDerivative(x: Example, others: readonly Example[]): Example
  /** log|(f⁻¹)′(z)|; `x` is the inverse at z. */
  inverseLogDerivative(z: Example, x: Example, others: readonly Example[]): Example
}

/**
 * Inverse and log-derivative of an expression: by algebra where every step can be undone, else by a search where
 * interval arithmetic proves that the derivative keeps one sign.
 * @throws saying which step stands in the way, and why
 */
export const scalarMap = (name: string, expression: Expression, others: number, asked: Ends | undefined): ScalarMap => {
  const domain = asked ?? ([-Infinity, Infinity] as const)
  const undone = undo(expression, others, domain)
  if (!('obstacle' in undone)) {
    if (asked && (undone.domain[0] !== asked[0] || undone.domain[1] !== asked[1]))
      mistake(`${name}: one-to-one only on ${show(undone.domain)}, but the domain asked for is ${show(asked)}.`)
    const { inverse, logDerivative, inverseLogDerivative } = undone
    return {
      expression,
      domain: undone.domain,
      codomain: undone.codomain,
      slopes: { forward: expression, derivative: derivativeOf(expression, 0), logDerivative },
      cost: { forward: 'parallel', inverse: 'parallel' },
      exactness: 'exact',
      forward: (x, rest) => applied(expression, x, rest),
      inverse: (z, rest) => applied(inverse, z, rest),
      logDerivative: (x, rest) => applied(logDerivative, x, rest),
      inverseLogDerivative: (z, _x, rest) => applied(inverseLogDerivative, z, rest),
    }
  }
  const proof = monotone(expression, others, domain)
  if ('obstacle' in proof) return mistake(`${name}: ${reasons(undone, proof)}.`)
  const { derivative, increasing, codomain } = proof
  const logSlope = (x: Example, rest: readonly Example[]): Example => log(abs(applied(derivative, x, rest)))
  return {
    expression,
    domain,
    codomain,
    slopes: { forward: expression, derivative, logDerivative: primitiveRows.log(primitiveRows.abs(derivative)) },
    cost: { forward: 'parallel', inverse: 'iterative' },
    exactness: 'numerical',
    forward: (x, rest) => applied(expression, x, rest),
    inverse: (z, rest) => rootOf(expression, increasing, domain, z, rest),
    logDerivative: logSlope,
    inverseLogDerivative: (_z, x, rest) => neg(logSlope(x, rest)),
  }
}

const reasons = (algebra: Obstacle, proof: Obstacle): string =>
  `no inverse by algebra (${algebra.obstacle}), and none by a search (${proof.obstacle})`

/** An expression at a point, the other arguments after it. */
export const applied = (e: Expression, x: Example, others: readonly Example[]): Example =>
  applyExpression(e, [x, ...others].map(nodeOf))

const show = ([lower, upper]: Ends): string => `(${lower}, ${upper})`
