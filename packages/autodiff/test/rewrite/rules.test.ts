import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commutes, type Rule, rule } from '../../src/rewrite/rule.ts'
import { exactRules, finiteRules, integerRules } from '../../src/rewrite/rules.ts'
import { argument, type Expression, interpret, type Row } from '../../src/scalar/expression.ts'
import * as primitives from '../../src/scalar/primitives.ts'
import { add, mul } from '../../src/scalar/primitives.ts'
import { evaluate } from '../../src/scalar/row.ts'

const EXTREME = [0, -0, 1, -1, 0.5, 2, 5e-324, -5e-324, 1e-300, 1.7e308, -1.7e308, Number.EPSILON]
const number = fc.oneof(
  fc.constantFrom(...EXTREME, NaN, Infinity, -Infinity),
  fc.double(),
  fc.double({ min: -3, max: 3, noNaN: true }),
)
const finiteNumber = fc.oneof(fc.constantFrom(...EXTREME), fc.double({ noNaN: true, noDefaultInfinity: true }))
const integer = fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer())

/** Arguments that an expression takes as conditions. */
const conditionsOf = (e: Expression): readonly number[] =>
  e.kind !== 'apply'
    ? []
    : e.operands.flatMap((inner, k) => {
        const condition = e.row.signature === 'logical' || (e.row.signature === 'select' && k === 0)
        return inner.kind === 'argument' && condition ? [inner.index] : conditionsOf(inner)
      })
const rowsOf = (e: Expression): readonly Row[] => (e.kind === 'apply' ? [e.row, ...e.operands.flatMap(rowsOf)] : [])

const argumentsFor = (r: Rule, values: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> => {
  const conditions = conditionsOf(r.pattern)
  return fc.tuple(...[0, 1, 2, 3].map((i) => (conditions.includes(i) ? fc.constantFrom(0, 1) : values)))
}
const asInteger = (e: Expression, args: readonly number[]): number =>
  interpret<number>(
    e,
    args,
    (v) => v,
    (row, x) => (row.integer ?? row.eval)(...x),
  ) | 0

const holdsExactly = (r: Rule): void =>
  fc.assert(
    fc.property(argumentsFor(r, number), (args) => Object.is(evaluate(r.pattern, args), evaluate(r.replacement, args))),
    { numRuns: 400 },
  )

describe('a rule has equal sides', () => {
  test.each(exactRules)('bit for bit: $name', (r) => holdsExactly(r))

  test.each(exactRules.filter((r) => rowsOf(r.pattern).every((row) => row.signature === 'arithmetic')))(
    'for integers too: $name',
    (r) =>
      fc.assert(
        fc.property(argumentsFor(r, integer), (args) => asInteger(r.pattern, args) === asInteger(r.replacement, args)),
        { numRuns: 400 },
      ),
  )

  test.each(finiteRules)('for finite arguments: $name', (r) =>
    fc.assert(
      fc.property(argumentsFor(r, finiteNumber), (args) => evaluate(r.pattern, args) === evaluate(r.replacement, args)),
      { numRuns: 400 },
    ),
  )

  test.each(integerRules)('for integers: $name', (r) =>
    fc.assert(
      fc.property(argumentsFor(r, integer), (args) => asInteger(r.pattern, args) === asInteger(r.replacement, args)),
      { numRuns: 400 },
    ),
  )

  test('and a wrong rule is caught: x + 0 turns -0 into 0, x · 0 keeps NaN', () => {
    const x = argument(0)
    expect(() => holdsExactly(rule('x + 0 = x', add(x, 0), x))).toThrow()
    expect(() => holdsExactly(rule('x · 0 = 0', mul(x, 0), 0))).toThrow()
  })

  test('no two rules share a name within a group', () => {
    for (const group of [exactRules, finiteRules, integerRules])
      expect(new Set(group.map((r) => r.name)).size).toBe(group.length)
  })

  test('rows that commute give the same bits in both orders', () => {
    const rows = Object.values(primitives).filter((row) => commutes(row))
    expect(rows.length).toBeGreaterThan(3)
    for (const row of rows) fc.assert(fc.property(number, number, (a, b) => Object.is(row.eval(a, b), row.eval(b, a))))
  })
})
