import { derivedRows, type Expression, primitiveRows, type Row } from '@diffeo/autodiff'
import type { Json } from '../bijector.ts'
import { mistake } from '../mistake.ts'

/**
 * An expression as a list of steps, the result last: `["argument", i]`, `["constant", v]`, or a row's name and the
 * positions of its operands, such as `["mul", 2, 0]`. What stands in several places is one step.
 */
export const encodeExpression = (expression: Expression): Json => {
  const steps: Json[] = []
  const positions = new Map<Expression, number>()
  const push = (e: Expression, step: Json): number => {
    steps.push(step)
    positions.set(e, steps.length - 1)
    return steps.length - 1
  }
  const position = (e: Expression): number => {
    const before = positions.get(e)
    if (before !== undefined) return before
    switch (e.kind) {
      case 'argument':
        return push(e, ['argument', e.index])
      case 'constant':
        return push(e, ['constant', encodeNumber(e.value)])
      case 'apply':
        return push(e, [e.row.name, ...e.operands.map(position)])
    }
  }
  position(expression)
  return steps
}

/** @throws when the data is not such a list, or names a row that does not exist */
export const decodeExpression = (json: Json | undefined): Expression => {
  if (!isList(json) || json.length === 0) return mistake('an expression is a list of steps.')
  const known: Expression[] = []
  for (const step of json) {
    const [name, ...rest] = isList(step)
      ? step
      : mistake(`an expression's step is a list, got ${JSON.stringify(step)}.`)
    if (name === 'argument') known.push({ kind: 'argument', index: Number(rest[0]) })
    else if (name === 'constant') known.push({ kind: 'constant', value: decodeNumber(rest[0]) })
    else {
      const row = rows.get(String(name)) ?? mistake(`there is no scalar function "${String(name)}".`)
      const operands = rest.map(
        (at) =>
          known[Number(at)] ?? mistake(`step ${String(name)} refers to step ${String(at)}, which is not before it.`),
      )
      if (operands.length !== row.arity) mistake(`${row.name} takes ${row.arity} operands, got ${operands.length}.`)
      known.push({ kind: 'apply', row, operands })
    }
  }
  return known.at(-1)!
}

const rows: ReadonlyMap<string, Row> = new Map(
  Object.values<Row>({ ...primitiveRows, ...derivedRows }).map((row) => [row.name, row]),
)

const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json)

/** JSON has no infinities, NaN or -0. */
const encodeNumber = (value: number): Json =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : showNumber(value)
const showNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))
const decodeNumber = (json: Json | undefined): number =>
  typeof json === 'number' || typeof json === 'string'
    ? Number(json)
    : mistake(`a constant is a number, got ${JSON.stringify(json)}.`)
