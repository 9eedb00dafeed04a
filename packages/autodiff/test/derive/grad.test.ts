import { describe, expect, test } from 'vitest'
import {
  add,
  constant,
  type Example,
  equal,
  erf,
  evaluate,
  evaluateAt,
  example,
  exp,
  fromRows,
  grad,
  hessianVector,
  input,
  jacobian,
  jvp,
  lanes,
  matmul,
  mul,
  rowOf,
  sin,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  topologicalOrder,
  valueAndGrad,
  vjp,
} from '../../src/index.ts'
import { nodeOf } from '../../src/tensor/tensor.ts'

const rows = fromRows([1, 2, 3, 4, 5, 6], 3, [2])
const vector = (...data: readonly number[]) => ({ data: Float64Array.from(data), shape: [data.length] })
const nodes = (...results: readonly Example[]): ReturnType<typeof topologicalOrder> =>
  topologicalOrder(results.map(nodeOf))
const names = (...results: readonly Example[]): readonly string[] =>
  nodes(...results).map((node) => rowOf(node)?.name ?? node.operation.name)

describe('grad', () => {
  test('has the tree of its argument, with 0 for what does not matter', () => {
    const at = { a: { w: constant([1, 2]), unused: constant([[3]]) }, list: [constant(4)] }
    const g = grad((p: typeof at) => add(sum(square(p.a.w)), p.list[0]!))(at)
    const values = evaluate(g)
    expect(values.a.w.data).toEqual(Float64Array.of(2, 4))
    expect(values.a.unused).toEqual({ data: Float64Array.of(0), shape: [1, 1] })
    expect(values.list[0]!.data).toEqual(Float64Array.of(1))
  })

  test('of a loss over parameters sums over the examples', () => {
    const g = evaluateAt(({ w, x }) => grad((w: Tensor) => lanes.mean(square(sum(mul(w, x)))))(w), {
      w: vector(1, -1),
      x: rows,
    })
    // mean over rows of 2 (w · x) x, with w · x = -1 in all of them.
    expect(Array.from(g.data)).toEqual([-6, -8])
  })

  test('of a value for each example is its score', () => {
    const g = evaluateAt(({ x }) => grad((x: Example) => sum(mul(x, square(x))))(x), { x: rows })
    expect(g.lanes).toBe(3)
    expect(Array.from(g.data)).toEqual(Array.from(rows.data, (v) => 3 * v * v))
  })

  test('of each example by parameters of its own does not sum', () => {
    const g = evaluateAt(({ w, x }) => grad((v: Example) => sum(mul(v, x)))(lanes.spread(w)), {
      w: vector(1, 1),
      x: rows,
    })
    expect(g).toEqual(rows)
  })

  test('refuses what has no gradient, and says what to do', () => {
    const w = input([2])
    const x = example([2])
    expect(() => grad((p: Tensor) => mul(p, 2))(w)).toThrow(
      'gives float [2], not one float. For all of them, use vjp or jacobian',
    )
    expect(() => grad((p: Tensor) => equal(sum(p), 0))(w)).toThrow('gives bool []')
    expect(() => grad((p: Tensor) => sum(mul(p, x)) as Tensor)(w)).toThrow(/lanes\.mean.*lanes\.spread/)
    expect(() => vjp((p: Tensor) => mul(p, 2), w)[1](constant([1, 2, 3]))).toThrow(
      'the cotangent has shape [3], its value [2]',
    )
    expect(() => jvp((p: Tensor) => mul(p, 2), w, constant(1))).toThrow('the tangent has shape [], its value [2]')
    expect(() => jvp(({ a }: { a: Tensor }) => a, { a: w }, {} as { a: Tensor })).toThrow('differ at a')
  })

  test('pairs tangents with values by key, whatever order the keys are in', () => {
    const at = { a: constant(2), b: constant(3) }
    const f = ({ a, b }: typeof at) => mul(a, square(b))
    expect(evaluate(jvp(f, at, { b: constant(0), a: constant(1) })[1]).data[0]).toBe(9)
  })

  test('gives the value beside it, once', () => {
    const [value, g] = valueAndGrad((w: Tensor) => erf(sum(w)))(input([2]))
    expect(names(value, g).filter((name) => name === 'erf')).toHaveLength(1)
  })

  test('sees nothing of what stopGradient holds back', () => {
    expect(evaluate(grad((w: Tensor) => mul(w, stopGradient(square(w))))(constant(3))).data[0]).toBe(9)
  })
})

describe('the cost of a derivative', () => {
  test('is nothing for what does not lead to the argument', () => {
    const b = input([5])
    const unrelated = sum(erf(exp(b)))
    const f = (w: Tensor) => add(mul(w, unrelated), tanh(unrelated))
    const w = input([])
    // d f / d w is `unrelated` itself, and nothing is differentiated behind it.
    const before = nodes(unrelated).length
    expect(nodes(grad(f)(w)).length).toBeLessThan(before + 4)
    expect(names(grad(f)(w))).not.toContain('tanh')
    expect(nodes(jvp(f, w, constant(1))[1]).length).toBeLessThan(before + 4)
  })

  test('is a few nodes for each node on the way', () => {
    const chain = (n: number) => (w: Tensor) => {
      let y = w
      for (let i = 0; i < n; i++) y = sin(y)
      return y
    }
    const cost = (n: number): number => nodes(grad(chain(n))(input([]))).length
    expect(cost(300) - cost(200)).toBe(cost(200) - cost(100))
    expect(cost(200) - cost(100)).toBeLessThanOrEqual(300)
  })

  test('does not grow with the depth of a graph beyond its size: 10,000 nodes in a chain are differentiated and run', () => {
    const f = (w: Tensor): Tensor => {
      let y = w
      for (let i = 0; i < 5_000; i++) y = sub(y, mul(1e-4, y))
      return y
    }
    const { value, g, tangent, second } = evaluateAt(
      ({ w }) => {
        const [value, g] = valueAndGrad(f)(w)
        return {
          value,
          g,
          tangent: jvp(f, w, constant(1))[1],
          second: hessianVector((v: Tensor) => square(f(v)))(w, constant(1)),
        }
      },
      { w: { data: Float64Array.of(2), shape: [] } },
    )
    const decay = (1 - 1e-4) ** 5_000
    expect(value.data[0]).toBeCloseTo(2 * decay, 10)
    expect(g.data[0]).toBeCloseTo(decay, 10)
    expect(tangent.data[0]).toBeCloseTo(decay, 10)
    expect(second.data[0]).toBeCloseTo(2 * decay * decay, 10)
  })
})

describe('jacobian', () => {
  test('has the axes of the result before those of the argument', () => {
    const a = constant([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    const j = evaluate(jacobian((x: Tensor) => matmul(a, x))(constant([7, 8])))
    expect(j).toEqual({ data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] })
  })

  test('of each example is its own', () => {
    // (x0 x1, x0², x1³)
    const parts = fromRows([1, 2, 3, 4], 2, [2])
    const j = evaluateAt(({ x }) => jacobian((x: Example) => mul(x, sum(x)))(x), { x: parts })
    expect(j).toMatchObject({ shape: [2, 2], lanes: 2 })
    // J = diag(Σ x) + x 1ᵀ
    expect(Array.from(j.data)).toEqual([3 + 1, 7 + 3, 1, 3, 2, 4, 3 + 2, 7 + 4])
  })

  test('is 0 of a constant and the identity of the argument', () => {
    const none: Tensor = jacobian((_: Tensor): Tensor => constant([1, 2, 3]))(constant([1, 2]))
    expect(evaluate(none)).toEqual({
      data: new Float64Array(6),
      shape: [3, 2],
    })
    expect(evaluate(jacobian((x: Tensor) => x)(constant([5, 6]))).data).toEqual(Float64Array.of(1, 0, 0, 1))
  })
})
