import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import {
  add,
  constant,
  type Example,
  evaluateAt,
  exp,
  fromRows,
  grad,
  type HostArray,
  hessianVector,
  lanes,
  less,
  loop,
  map,
  mul,
  scan,
  sin,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  until,
  where,
} from '../../src/index.ts'
import { numbersFrom } from '../catalogue/case.ts'
import { range } from '../plain.ts'

// A loop is a short way to write its rounds one after another: values, gradients and second derivatives are the same.

interface Parameters {
  readonly w: Tensor
  readonly v: Tensor
  readonly x: Example
}
type Loss = (p: Parameters) => Example

/** Arithmetic of a body, chosen by a number, so that bodies differ in what they read and how. */
const bodies: readonly ((c: Example, x: Example, p: Parameters, i: Tensor | number) => Example)[] = [
  (c, x, { w }) => sin(add(mul(c, w), x)),
  (c, x, { w, v }) => add(mul(tanh(c), exp(mul(0.3, v))), mul(x, w)),
  (c, x, { v }, i) => mul(c, add(mul(0.1, i), sin(add(x, v)))),
  (c, x, { x: own }) => sub(mul(0.5, c), mul(x, sin(own))),
  (_c, x, { w, x: own }) => mul(mul(x, w), own),
  (c) => mul(c, c),
]
const body = fc.constantFrom(...bodies)

const sameDerivatives = (rolled: Loss, unrolled: Loss, seed: number): void => {
  const next = numbersFrom(seed)
  const draw = (n: number): Float64Array => Float64Array.from({ length: n }, () => 2 * next() - 1)
  const point = { w: { data: draw(1), shape: [] }, v: { data: draw(1), shape: [] }, x: fromRows(draw(3), 3, []) }
  const along = { w: { data: draw(1), shape: [] }, v: { data: draw(1), shape: [] }, x: fromRows(draw(3), 3, []) }
  const results = (f: Loss): Record<string, HostArray> =>
    evaluateAt(
      ({ p, t }) => {
        const total = (q: Parameters): Tensor => lanes.mean(f(q))
        const g = grad<Parameters>(total as never)(p)
        const h = hessianVector<Parameters>(total as never)(p, t)
        return { value: f(p), gw: g.w, gv: g.v, gx: g.x, hw: h.w, hv: h.v, hx: h.x }
      },
      { p: point, t: along },
    ) as Record<string, HostArray>
  const [a, b] = [results(rolled), results(unrolled)]
  for (const [name, { data, lanes: n }] of Object.entries(a)) {
    const wanted = b[name]!
    if (n !== wanted.lanes) throw new Error(`${name} is for ${n} examples, unrolled for ${wanted.lanes}.`)
    data.forEach((v, i) => {
      if (!(Math.abs(v - wanted.data[i]!) <= 1e-12 * (1 + Math.abs(wanted.data[i]!))))
        throw new Error(`${name}: ${v}, unrolled ${wanted.data[i]}.`)
    })
  }
}

const start = (p: Parameters): Example => add(p.x, mul(0.5, p.v))
/** Slices that depend on what is differentiated by. */
const slices = (n: number, p: Parameters): Example =>
  stack(
    range(n).map((i) => sin(add(mul(p.x, i), p.w))),
    0,
  )

const check = (name: string, build: (n: number, f: (typeof bodies)[number]) => readonly [Loss, Loss]): void =>
  test(name, () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), body, fc.integer(), (n, f, seed) => {
        const [rolled, unrolled] = build(n, f)
        sameDerivatives(rolled, unrolled, seed)
      }),
      { numRuns: 25 },
    ),
  )

describe('values and derivatives of first and second order are those of the unrolled graph', () => {
  check('for loop', (n, f) => [
    (p) => loop(n, start(p), (c, i) => f(c, constant(0.7), p, i)),
    (p) => range(n).reduce((c, i) => f(c, constant(0.7), p, i), start(p)),
  ])

  check('for map', (n, f) => [
    (p) => sum(map(slices(n, p), (x, i) => f(x, x, p, i))),
    (p) =>
      range(n).reduce<Example>((total, i) => {
        const x = take(slices(n, p), 0, i)
        return add(total, f(x, x, p, i))
      }, constant(0)),
  ])

  check('for scan, of its carry and its outputs', (n, f) => [
    (p) => {
      const [last, outputs] = scan(slices(n, p), start(p), (c, x) => [f(c, x, p, 0), mul(c, x)])
      return add(last, sum(mul(outputs, outputs)))
    },
    (p) => {
      let [c, total]: readonly Example[] = [start(p), constant(0)]
      for (const i of range(n)) {
        const x = take(slices(n, p), 0, i)
        const output = mul(c!, x)
        total = add(total!, mul(output, output))
        c = f(c!, x, p, 0)
      }
      return add(c!, total!)
    },
  ])

  check('for loops in loops', (n, f) => [
    (p) =>
      loop(2, start(p), (c, i) =>
        add(
          mul(0.3, sum(map(slices(n, p), (x, j) => f(mul(c, 0.5), x, p, add(i, j))))),
          mul(
            0.2,
            loop(n, c, (d) => f(d, c, p, i)),
          ),
        ),
      ),
    (p) =>
      range(2).reduce((c, i) => {
        const inner = range(n).reduce<Example>(
          (total, j) => add(total, f(mul(c, 0.5), take(slices(n, p), 0, j), p, i + j)),
          constant(0),
        )
        return add(
          mul(0.3, inner),
          mul(
            0.2,
            range(n).reduce((d) => f(d, c, p, i), c),
          ),
        )
      }, start(p)),
  ])

  check('for until, where each example stops at its own round', (n, f) => {
    const done = (c: Example): Example => less(c, 0)
    const next = (c: Example, p: Parameters): Example => sub(f(mul(0.5, c), c, p, 1), 0.3)
    return [
      (p) => until(n, start(p), done, (c) => next(c, p))[0],
      (p) => range(n).reduce((c) => where(done(c), c, next(c, p)), start(p)),
    ]
  })
})
