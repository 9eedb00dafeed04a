import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bounds, boundsOf } from '../../src/rewrite/bounds.ts'
import type { Row } from '../../src/scalar/expression.ts'
import { derivedRows, primitiveRows } from '../../src/scalar/index.ts'
import { constant, input } from '../../src/tensor/constant.ts'
import { applyRow, cast, div, exp, log, sub } from '../../src/tensor/elementwise.ts'
import { topologicalOrder } from '../../src/tensor/graph.ts'
import { random } from '../../src/tensor/random.ts'
import { max, sum } from '../../src/tensor/reduce.ts'
import { concat, pad, slice } from '../../src/tensor/shaping.ts'
import { type Node, nodeOf } from '../../src/tensor/tensor.ts'
import { interpretNodes } from '../interpret.ts'

const boundsAt = (result: Node): Bounds => {
  const known = new Map<Node, Bounds>()
  for (const node of topologicalOrder([result]))
    known.set(
      node,
      boundsOf(
        node,
        node.inputs.map((x) => known.get(x)!),
      ),
    )
  return known.get(result)!
}

const rows: readonly Row[] = Object.values({ ...primitiveRows, ...derivedRows }).filter(
  (row) => row.signature === 'float' || row.signature === 'arithmetic',
)
const leaf = fc.oneof(
  fc
    .array(
      fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, -0, 1, -1, 1e30, Infinity, NaN)),
      { minLength: 3, maxLength: 3 },
    )
    .map((v) => nodeOf(constant(v))),
  fc.nat(1000).map((seed) => nodeOf(random.normal(random.key(seed), [3]))),
)
const grown: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'node', withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom(...rows), tie('node'), tie('node'), tie('node'))
      .map(([row, ...xs]) => applyRow(row, xs.slice(0, row.arity))),
    tie('node')
      .map((x) => nodeOf(sum(x, 0, true)))
      .map((x) => nodeOf(concat([x, x, x]))),
    tie('node').map((x) => nodeOf(pad(slice(x, 0, 1, 3), 0, 1, 0, -7))),
    tie('node').map((x) => nodeOf(concat([max(x, 0, true), slice(x, 0, 0, 2)]))),
  ),
})).node

test('what has bounds lies in them: no element is infinite or NaN, in float64 or rounded to float32', () => {
  let bounded = 0
  fc.assert(
    fc.property(grown, (node) => {
      const bounds = boundsAt(node)
      if (!bounds) return
      bounded++
      for (const v of interpretNodes([node])[0]!) {
        expect(Number.isFinite(Math.fround(v))).toBe(true)
        expect(bounds[0] <= v && v <= bounds[1]).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
  expect(bounded).toBeGreaterThan(300)
})

test('nothing is claimed of inputs, of quotients by what may be 0, or beyond a domain or float32', () => {
  const x = constant([0, 1])
  expect(boundsAt(nodeOf(input([])))).toBe(null)
  expect(boundsAt(nodeOf(div(1, x)))).toBe(null)
  expect(boundsAt(nodeOf(log(x)))).toBe(null)
  expect(boundsAt(nodeOf(log(sub(x, 2))))).toBe(null)
  expect(boundsAt(nodeOf(exp(constant(100))))).toBe(null)
  expect(boundsAt(nodeOf(cast(input([], 'int'), 'float')))).toEqual([-(2 ** 31), 2 ** 31 - 1])
})
