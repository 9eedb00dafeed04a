import { describe, expect, test } from 'vitest'
import { grad } from '../../src/derive/grad.ts'
import { simplify } from '../../src/rewrite/simplify.ts'
import { stopGradient } from '../../src/tensor/alias.ts'
import { broadcastTo } from '../../src/tensor/broadcast.ts'
import { constant, constantOperation, example, filled, input, iota, ones, zeros } from '../../src/tensor/constant.ts'
import { contractOperation, einsum, matmul } from '../../src/tensor/contract.ts'
import { loop, map, scan, until } from '../../src/tensor/control.ts'
import { add, exp, less, mul, neg, sigmoid, square, sub, tanh, where } from '../../src/tensor/elementwise.ts'
import { topologicalOrder } from '../../src/tensor/graph.ts'
import { joinOperation, lanes } from '../../src/tensor/lanes.ts'
import { loopOperation } from '../../src/tensor/loop.ts'
import { bodyNodes, type LoopAttributes } from '../../src/tensor/loopBody.ts'
import { random } from '../../src/tensor/random.ts'
import { logSumExp, sum } from '../../src/tensor/reduce.ts'
import { concat, reshape, slice, transpose } from '../../src/tensor/shaping.ts'
import { type Node, nodeOf, type Tensor } from '../../src/tensor/tensor.ts'
import { interpretNodes } from '../interpret.ts'

type Any = Tensor<'example'>
const simple = (x: Any): Node => simplify([nodeOf(x)])[0]!
const count = (x: Any): number => topologicalOrder([nodeOf(x)]).length
const numbers = (n: number, seed = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233))
const sameValues = (x: Any, inputs: ReadonlyMap<Any, ArrayLike<number>>, n: number, digits = 0): void => {
  const [before] = interpretNodes([x], inputs, n)
  const [after] = interpretNodes([simple(x)], inputs, n)
  if (digits === 0) expect(after).toEqual(before)
  else for (const [i, v] of before!.entries()) expect(after![i]).toBeCloseTo(v, digits)
}

describe('simplify', () => {
  const x = example([3])
  const w = input([3])

  test('leaves inputs as they are', () => expect(simple(x)).toBe(x))

  test('removes names and barriers of differentiation', () => expect(simple(stopGradient(stopGradient(x)))).toBe(x))

  test('applies exact rules, also under one another', () => {
    expect(simple(mul(neg(neg(x)), 1))).toBe(x)
    expect(simple(mul(x, ones([3])))).toBe(x)
    expect(simple(where(less(x, 0), x, x))).toBe(x)
    expect(nodeOf(simple(add(x, 0))).operation.name).toBe('elementwise')
  })

  test('moves signs outward into sums', () => {
    const y = simple(add(x, mul(neg(w), neg(mul(x, neg(w))))))
    expect(
      topologicalOrder([y]).map((n) => (n.attributes as { row?: { name: string } }).row?.name ?? n.operation.name),
    ).toEqual(['input', 'input', 'mul', 'mul', 'sub'])
  })

  test('uses a rule only where the result keeps its shape and axes', () => {
    const broader = mul(w, ones([2, 3]))
    expect(simple(broader).shape).toEqual([2, 3])
    const varying = where(less(x, 0), w, w)
    expect(simple(varying).varies).toBe(true)
  })

  test('x · 0 is 0 where x is proven finite, and stays where it is not', () => {
    const drawn = random.normal(random.key(3), [4])
    expect(simple(mul(drawn, 0)).operation).toBe(constantOperation)
    expect(simple(mul(w, 0)).operation.name).toBe('elementwise')
    expect(simple(mul(where(less(w, 0), 1, 2), 0)).operation).toBe(constantOperation)
    expect(simple(mul(exp(where(less(w, 0), 1, 2000)), 0)).operation.name).toBe('elementwise')
  })

  test('integers have rules of their own', () => {
    const i = input([3], 'int')
    expect(simple(add(i, 0))).toBe(i)
    expect(simple(sub(i, i)).operation).toBe(constantOperation)
  })

  test('equal values become one node, whatever the order of a sum', () => {
    const [a, b] = simplify([nodeOf(exp(add(x, w))), nodeOf(exp(add(w, x)))])
    expect(a).toBe(b)
    const [p, q] = simplify([nodeOf(sub(x, w)), nodeOf(sub(w, x))])
    expect(p).not.toBe(q)
  })

  test('constants are equal by their data, type and shape; inputs never are', () => {
    const first = simplify([constant([1, 2]), constant([1, 2])].map(nodeOf))
    expect(first[0]).toBe(first[1])
    const different = simplify(
      [constant([0]), constant([-0]), constant([[0]]), constant([0], [1], 'int'), constant([0, 0])].map(nodeOf),
    )
    expect(new Set(different).size).toBe(5)
    const long = (last: number): Node =>
      nodeOf(constant(Float64Array.from({ length: 100 }, (_, i) => (i < 98 ? i : i === 98 ? last : -last))))
    const [c, d] = simplify([long(5), long(7)])
    expect(c).not.toBe(d)
    const [y, z] = simplify([nodeOf(input([])), nodeOf(input([]))])
    expect(y).not.toBe(z)
  })

  test('small constants are computed, large results and random numbers are not', () => {
    const y = simple(sum(mul(constant([1, 2, 3]), 2)))
    expect(y.operation).toBe(constantOperation)
    expect(interpretNodes([y])[0]).toEqual(Float64Array.of(12))
    expect(simple(broadcastTo(constant(1), [1000])).operation.name).toBe('broadcastTo')
    expect(simple(random.uniform(random.key(0), [2])).operation.name).toBe('uniform')
    expect(simple(random.foldIn(random.key(0), 3)).operation.name).toBe('foldIn')
  })

  test('two moves become one', () => {
    expect(simple(reshape(reshape(x, [3, 1]), [3]))).toBe(x)
    const m = example([2, 3])
    expect(simple(transpose(transpose(m)))).toBe(m)
  })

  test('the gradient of weights is one product that sums over the examples', () => {
    const a = input([4, 3])
    const loss = (p: Tensor): Tensor => lanes.mean(sum(square(tanh(matmul(p, x)))))
    const g = grad(loss)(a)
    const nodes = topologicalOrder([simple(g)])
    expect(
      nodes.some((n) => n.operation === contractOperation && (n.attributes as { overLanes: boolean }).overLanes),
    ).toBe(true)
    expect(nodes.some((n) => n.operation === joinOperation && n.inputs[0]!.operation === contractOperation)).toBe(false)
    sameValues(
      g,
      new Map<Any, Float64Array>([
        [a, numbers(12)],
        [x, numbers(15, 2)],
      ]),
      5,
      14,
    )
  })

  test('also where elements are moved between product and sum', () => {
    const m = example([2, 3])
    const product = lanes.sum(reshape(transpose(einsum('ij,j->ji', m, w)), [6]))
    expect(simple(product).operation.name).toBe('reshape')
    expect(topologicalOrder([simple(product)]).some((n) => n.operation === joinOperation)).toBe(false)
    sameValues(
      product,
      new Map<Any, Float64Array>([
        [m, numbers(24)],
        [w, numbers(3)],
      ]),
      4,
      14,
    )
  })

  test('also through signs, masks and uniform factors', () => {
    const mask = input([4, 3], 'bool')
    const product = where(mask, mul(neg(einsum('i,j->ij', slice(concat([x, x]), 0, 0, 4), x)), mul(w, 2)), 0)
    const total = lanes.sum(product)
    expect(topologicalOrder([simple(total)]).some((n) => n.operation === joinOperation)).toBe(false)
    const values = new Map<Any, ArrayLike<number>>([
      [mask, [1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1]],
      [w, numbers(3)],
      [x, numbers(15, 4)],
    ])
    sameValues(total, values, 5, 14)
    // Two varying factors are no linear function of one of them.
    expect(simple(lanes.sum(mul(einsum('i,j->ij', x, x), sum(x)))).operation).toBe(joinOperation)
  })

  test('element-wise, what was spread over the lanes is used as it was', () => {
    const y = simple(add(lanes.spread(w), x))
    expect(y.inputs).toEqual([w, x])
    expect(simple(exp(lanes.spread(w))).varies).toBe(true)
  })

  test('a chain of 10,000 nodes is simplified without recursion', () => {
    let y: Any = x
    for (let i = 0; i < 5000; i++) y = mul(add(y, w), 1)
    expect(count(simple(y))).toBe(5002)
  })

  test('a gradient of a deeper function keeps its value and loses nodes', () => {
    const f = (p: Tensor): Tensor => lanes.mean(logSumExp(mul(sigmoid(add(p, x)), tanh(mul(p, 2)))))
    const g = grad(f)(w)
    expect(count(simple(g))).toBeLessThan(count(g))
    sameValues(
      g,
      new Map<Any, Float64Array>([
        [w, numbers(3)],
        [x, numbers(12, 3)],
      ]),
      4,
      14,
    )
  })
})

describe('loops', () => {
  const x = example([3])
  const w = input([])

  test('bodies are simplified and keep their values', () => {
    const [last, all] = scan(x, lanes.spread(zeros([])), (carry, slice) => {
      const next = add(mul(carry, 1), mul(neg(neg(slice)), w))
      return [next, stopGradient(exp(next))]
    })
    const y = sum(mul(all, last))
    const loopNode = topologicalOrder([simple(y)]).find((n) => n.operation === loopOperation)!
    expect(bodyNodes(loopNode.attributes as LoopAttributes).inner).toHaveLength(3)
    sameValues(y, new Map<Any, Float64Array>([[x, numbers(12)], [w, [0.7]] as never]), 4)
  })

  test('equal loops written twice are one', () => {
    const twice = (): Any => map(x, (e) => exp(mul(e, w)))
    const [a, b] = simplify([nodeOf(twice()), nodeOf(twice())])
    expect(a).toBe(b)
  })

  test('a loop in a loop keeps its value, equal indices at both levels told apart', () => {
    const table = map(iota(3), (i) => sum(map(iota(4), (j) => mul(add(mul(i, 10), j), w))))
    sameValues(sum(mul(table, x)), new Map<Any, Float64Array>([[x, numbers(6)], [w, [0.3]] as never]), 2)
  })

  test('values from outside are simplified inside, too', () => {
    const zero = mul(random.uniform(random.key(1), []), 0)
    const y = map(x, (e) => mul(e, add(mul(zero, 1), 1)))
    const loopNode = topologicalOrder([simple(y)]).find((n) => n.operation === loopOperation)!
    expect(bodyNodes(loopNode.attributes as LoopAttributes).inner).toHaveLength(0)
    sameValues(y, new Map([[x as Any, numbers(6)]]), 2)
  })

  test('derivatives of loops keep their values', () => {
    const f = (p: Any): Any => sum(loop(4, mul(p, w), (c) => tanh(add(mul(c, p), 0.1))))
    const g = grad(f)(x)
    sameValues(g, new Map<Any, Float64Array>([[x, numbers(9)], [w, [0.9]] as never]), 3, 14)
    const h = grad((p: Any) => sum(square(grad(f)(p))))(x)
    sameValues(h, new Map<Any, Float64Array>([[x, numbers(9)], [w, [0.9]] as never]), 3, 13)
  })

  test('a loop that stops early keeps its value', () => {
    const [last] = until(
      50,
      lanes.spread(filled(1, [])),
      (c: Any) => less(c, 0.01),
      (c: Any) => mul(c, sigmoid(sum(x))),
    )
    sameValues(last, new Map([[x as Any, numbers(9)]]), 3)
  })
})
