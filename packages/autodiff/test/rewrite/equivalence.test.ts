import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simplify } from '../../src/rewrite/simplify.ts'
import { constant, example, input } from '../../src/tensor/constant.ts'
import { map } from '../../src/tensor/control.ts'
import {
  abs,
  add,
  div,
  less,
  maximum,
  minimum,
  mul,
  neg,
  not,
  sign,
  square,
  sub,
  where,
} from '../../src/tensor/elementwise.ts'
import { lanes } from '../../src/tensor/lanes.ts'
import { reshape, transpose } from '../../src/tensor/shaping.ts'
import { nodeOf, type Tensor } from '../../src/tensor/tensor.ts'
import { interpretNodes } from '../interpret.ts'

type Any = Tensor<'example'>
const LANES = 2
const [x, w] = [example([2, 2]), input([2, 2])]

/** Never by 0: bounds may prove a factor finite, and then a rule may change the sign of a zero, which only this would show. */
const quotient = (a: Any, b: Any): Any => div(neg(a), neg(add(square(b), 1)))

/** Graphs in which the rules find much to do: few operations, often on the same values and on 0, 1 and -1. */
const graphs = fc.letrec<{ node: Any; leaf: Any }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<Any>(x, w),
    fc.constantFrom(0, -0, 1, -1, 2).map((v): Any => constant(v)),
    fc.constantFrom(0, -0, 1, -1).map((v): Any => constant([[v, v], [v, v]])), // biome-ignore format: a matrix
  ),
  node: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'node' },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom(add, sub, mul, quotient, maximum, minimum), tie('node'), tie('node'))
      .map(([f, a, b]): Any => f(a, b)),
    fc.tuple(fc.constantFrom(neg, neg, abs, sign, square), tie('node')).map(([f, a]): Any => f(a)),
    fc
      .tuple(tie('node'), tie('node'), tie('node'))
      .map(([a, b, c]): Any => where(less(a, 0), b, where(not(less(a, 0)), c, b))),
    tie('node').map((a): Any => (a.shape.length === 2 ? transpose(reshape(transpose(a), [2, 2])) : a)),
    tie('node').map((a): Any => (nodeOf(a).varies ? a : lanes.spread(nodeOf(a)))),
    fc
      .tuple(tie('node'), tie('leaf'))
      .map(([a, b]): Any => (a.shape.length === 2 ? map(a, (row) => mul(add(row, b), neg(row))) : a))
      .filter((y) => y.shape.length <= 2),
  ),
})).node

const anything = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 5e-324, 1.7e308),
  fc.double({ min: -3, max: 3, noNaN: true }),
)

test('a simplified graph has the same bits, for NaN, infinities and zeros of either sign', () => {
  let smaller = 0
  fc.assert(
    fc.property(
      graphs,
      fc.array(anything, { minLength: 8, maxLength: 8 }),
      fc.array(anything, { minLength: 4, maxLength: 4 }),
      (y, xs, ws) => {
        const node = nodeOf(y)
        const [simple] = simplify([node])
        expect([simple!.shape, simple!.dtype, simple!.varies]).toEqual([node.shape, node.dtype, node.varies])
        if (simple !== node) smaller++
        const values = new Map<Any, readonly number[]>([
          [x, xs],
          [w, ws],
        ])
        const [before] = interpretNodes([node], values, LANES)
        const [after] = interpretNodes([simple!], values, LANES)
        before!.forEach((v, i) => {
          // Where bounds prove everything finite a rule may change the sign of a zero.
          if (!Object.is(after![i], v) && !(v === 0 && after![i] === 0))
            expect.fail(`element ${i}: ${after![i]}, not ${v}`)
        })
      },
    ),
    { numRuns: 1500 },
  )
  expect(smaller).toBeGreaterThan(500)
})
