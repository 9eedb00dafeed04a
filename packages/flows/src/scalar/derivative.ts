import { type Expression, primitiveRows, substitute } from '@diffeo/autodiff'

/** Which subexpressions depend on an argument. */
export const dependsOn = (expression: Expression, index: number): ((e: Expression) => boolean) => {
  const known = new Map<Expression, boolean>()
  const visit = (e: Expression): boolean => {
    const before = known.get(e)
    if (before !== undefined) return before
    const found =
      e.kind === 'argument' ? e.index === index : e.kind === 'apply' ? e.operands.map(visit).some(Boolean) : false
    known.set(e, found)
    return found
  }
  visit(expression)
  return visit
}

/** d expression / d argument by the chain rule; 0 where it does not depend on it. Each subexpression is differentiated once. */
export const derivativeOf = (expression: Expression, index: number): Expression => {
  const known = new Map<Expression, Expression | null>()
  const visit = (e: Expression): Expression | null => {
    if (e.kind === 'argument') return e.index === index ? one : null
    if (e.kind === 'constant') return null
    const before = known.get(e)
    if (before !== undefined) return before
    const here = [...e.operands, e]
    const terms = e.operands.flatMap((operand, i) => {
      const slope = e.row.partials()[i]
      const inside = slope && visit(operand)
      return slope && inside ? [times(substitute(slope, here), inside)] : []
    })
    const total = terms.length === 0 ? null : terms.reduce((a, b) => primitiveRows.add(a, b))
    known.set(e, total)
    return total
  }
  return visit(expression) ?? { kind: 'constant', value: 0 }
}

const one: Expression = { kind: 'constant', value: 1 }
const isOne = (e: Expression): boolean => e.kind === 'constant' && e.value === 1

const times = (a: Expression, b: Expression): Expression =>
  isOne(a)
    ? b
    : isOne(b)
      ? a
      : a.kind === 'apply' && a.row === primitiveRows.where
        ? selected(a.operands, b)
        : primitiveRows.mul(a, b)

/** A selected factor selects the product, so that what was not selected cannot leak in as 0 · NaN. */
const selected = ([condition, yes, no]: readonly Expression[], b: Expression): Expression =>
  primitiveRows.where(condition!, times(yes!, b), times(no!, b))
