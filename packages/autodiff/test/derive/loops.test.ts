import { describe, expect, test } from 'vitest'
import {
  add,
  constant,
  type Example,
  evaluate,
  evaluateAt,
  example,
  exp,
  fromRows,
  grad,
  hessianVector,
  jvp,
  lanes,
  loop,
  map,
  mul,
  scan,
  sin,
  stack,
  sum,
  type Tensor,
} from '../../src/index.ts'
import { topologicalOrder } from '../../src/tensor/graph.ts'
import { loopOperation } from '../../src/tensor/loop.ts'
import { bodyNodes, type LoopAttributes } from '../../src/tensor/loopBody.ts'
import { nodeOf } from '../../src/tensor/tensor.ts'

const x = fromRows([0.5, -1, 2], 3, [])
const scalar = (v: number) => ({ data: Float64Array.of(v), shape: [] })

describe('a loop', () => {
  test('with a uniform carry and varying outputs gives both', () => {
    const { carry, more, outputs } = evaluateAt(
      ({ x }) => {
        const [carry, outputs] = scan(constant([1, 2]), constant(0), (c, e) => [add(c, e), mul(x, add(c, 1))])
        return { carry, more: mul(carry, 2), outputs }
      },
      { x },
    )
    expect(carry).toEqual(scalar(3))
    expect(more).toEqual(scalar(6))
    expect(outputs.data).toEqual(Float64Array.of(0.5, -1, 2, 1, -2, 4))
  })

  test('may turn a varying carry into a uniform value, the same for every example', () => {
    const y = evaluateAt(({ x }) => loop(2, stack([x, x]), () => constant([5, 6]) as Example), { x })
    expect(y).toEqual({ data: Float64Array.of(5, 5, 5, 6, 6, 6), shape: [2], lanes: 3 })
  })

  test('knows its carries by name, in whatever order the body writes them', () => {
    const start = { a: constant(1), b: constant(2) }
    const end = loop(1, start, ({ a, b }) => ({ b: mul(b, 10), a }))
    const { a, b } = evaluate(end)
    expect([a.data[0], b.data[0]]).toEqual([1, 20])
    expect(() => loop(1, start, (c) => ({ a: c.a }) as typeof c)).toThrow('differ at b')
  })
})

describe('a derivative through loops', () => {
  test('sums over examples what a loop in a loop reads from outside', () => {
    const f = (w: Tensor, x: Example) =>
      lanes.mean(
        sum(
          map(
            constant([
              [1, 2],
              [3, 4],
            ]),
            (row) => map(row, (e) => mul(mul(e, exp(w)), x)),
          ),
        ),
      )
    const g = evaluateAt(({ w, x }) => grad((w: Tensor) => f(w, x))(w), { w: scalar(0.3), x })
    expect(g.data[0]).toBeCloseTo(10 * Math.exp(0.3) * 0.5, 12)
  })

  test('of a uniform carry beside varying outputs is uniform, in both modes', () => {
    const f = (w: Tensor, x: Example): Tensor => {
      const [carry, outputs] = scan(constant([1, 2]), w, (c, e) => [mul(c, e), mul(x, mul(c, c))])
      return add(mul(carry, 3), lanes.mean(sum(outputs)))
    }
    // f = 6 w + mean(x) (w² + w²)
    const at = { w: scalar(0.7), x }
    const { slope, g, second } = evaluateAt(
      ({ w, x }) => ({
        slope: jvp((w: Tensor) => f(w, x), w, constant(2))[1],
        g: grad((w: Tensor) => f(w, x))(w),
        second: hessianVector((w: Tensor) => f(w, x))(w, constant(1)),
      }),
      at,
    )
    for (const v of [slope, g, second]) expect(v.lanes).toBeUndefined()
    expect(g.data[0]).toBeCloseTo(6 + 0.5 * 4 * 0.7, 12)
    expect(slope.data[0]).toBeCloseTo(2 * (6 + 0.5 * 4 * 0.7), 12)
    expect(second.data[0]).toBeCloseTo(2, 12)
  })

  test('computes in the body only what leads to the wanted input', () => {
    const bodySize = (t: Tensor<'example'>): number =>
      topologicalOrder([nodeOf(t)])
        .filter((n) => n.operation === (loopOperation as unknown))
        .reduce((most, n) => Math.max(most, bodyNodes(n.attributes as LoopAttributes).inner.length), 0)
    const f = (v: Tensor, w: Tensor) => loop(3, v, (c) => sin(mul(c, w)))
    const [v, w] = [constant(1), constant(2)]
    const both = grad(({ v, w }: { v: Tensor; w: Tensor }) => f(v, w))({ v, w })
    const one = grad((v: Tensor) => f(v, w))(v)
    expect(bodySize(one)).toBeLessThan(bodySize(both.w))
    // A carry that does not depend on what is asked for has no tangent to carry along.
    const x = example([])
    const twoCarries = (v: Tensor) => loop(3, { v, u: x }, ({ v, u }) => ({ v: mul(v, v), u: sin(u) })).v
    const [, tangent] = jvp(twoCarries, v, constant(1))
    const [node] = topologicalOrder([nodeOf(tangent)]).filter((n) => n.operation === (loopOperation as unknown))
    expect((node!.attributes as LoopAttributes).carries.length).toBe(3)
  })
})
