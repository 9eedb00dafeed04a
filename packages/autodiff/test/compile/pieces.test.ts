import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { piecesOf, spotOf } from '../../src/compile/pieces.ts'
import {
  concat,
  constant,
  type Example,
  evaluateAt,
  example,
  flip,
  fromRows,
  type HostArray,
  matmul,
  mul,
  openWasm,
  type Resident,
  reshape,
  slice,
  sum,
  tanh,
} from '../../src/index.ts'
import { topologicalOrder } from '../../src/tensor/graph.ts'
import { nodeOf } from '../../src/tensor/tensor.ts'

const engine = openWasm({ threads: 1, precision: 'float64' })
afterAll(() => engine.dispose())

const weights = (rows: number, columns: number): Example =>
  constant(
    Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i + rows)),
    [rows, columns],
  ) as Example

/** A value made from earlier ones, which `pick` chooses; vectors of any length. */
type Step = (pick: (i: number) => Example) => Example
const step: fc.Arbitrary<Step> = fc
  .tuple(fc.nat(5), fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 4 }))
  .map(([kind, [i, j, k], n]) => (pick) => {
    const x = pick(i!)
    switch (kind) {
      case 0:
        return tanh(x)
      case 1:
        return concat([x, pick(j!), pick(k!)])
      case 2:
        return concat([x, pick(j!)])
      case 3:
        return matmul(weights(n, x.shape[0]!), x)
      case 4:
        return x.shape[0]! > 1 ? slice(x, 0, 1, x.shape[0]!) : mul(x, 3)
      default:
        return reshape(concat([reshape(x, [1, -1]), reshape(mul(x, 2), [1, -1])], n % 2), [-1])
    }
  })

describe('pieces of values that are put together', () => {
  test('have the right values wherever they lie, whoever else reads them', () =>
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 14 }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(1, 5, 70),
        (steps, kept, lanes) => {
          const graph = ({ x }: { readonly x: Example }): Readonly<Record<string, Example>> => {
            const values = [x]
            const pick = (i: number): Example => values[Math.max(0, values.length - 1 - i)]!
            for (const make of steps) {
              const next = make(pick)
              values.push(next.shape[0]! > 40 ? slice(next, 0, 0, 3) : next)
            }
            return Object.fromEntries([0, ...kept].map((i, k) => [`r${k}`, pick(i)]))
          }
          const arrays = {
            x: fromRows(
              Array.from({ length: 3 * lanes }, (_, i) => Math.cos(i * i)),
              lanes,
              [3],
            ),
          }
          const program = engine.compileSync(graph, { x: example([3]) })
          const found = program.runSync(arrays) as Readonly<Record<string, Resident>>
          const expected = evaluateAt(graph, arrays) as unknown as Readonly<Record<string, HostArray>>
          for (const [name, { data }] of Object.entries(expected)) {
            const got = engine.readSync(found[name]!).data
            data.forEach((value, i) => {
              expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
            })
          }
          program.dispose()
        },
      ),
      { numRuns: 150 },
    ))

  test('that grow one by one are copied nowhere', () => {
    const x = example([2])
    const w = (rows: number, columns: number) => constant(new Float64Array(rows * columns), [rows, columns])
    const parts = [matmul(w(3, 2), x)]
    const grown = [parts[0]!]
    for (let i = 0; i < 3; i++) {
      const part = matmul(w(3, grown[i]!.shape[0]!), grown[i]!)
      parts.push(part)
      grown.push(concat([grown[i]!, part]))
    }
    const nodes = topologicalOrder([nodeOf(sum(grown[3]!))]).filter((node) => node.varies && node.inputs.length > 0)
    const { pieces, whole } = piecesOf(nodes, new Set())
    expect(whole).toEqual(new Set(grown.slice(1).map(nodeOf)))
    expect([...parts, ...grown].map((part) => spotOf(nodeOf(part), pieces))).toEqual([
      ...[0, 3, 6, 9].map((offset) => ({ node: nodeOf(grown[3]!), offset })),
      ...grown.map(() => ({ node: nodeOf(grown[3]!), offset: 0 })),
    ])
  })

  test('are those of the longest row, of which shorter ones are the beginning', () => {
    const x = example([2])
    const [a, b, c] = [mul(x, 1.5), tanh(x), mul(x, 2)]
    const [short, long, turned] = [concat([a, b]), concat([a, b, c]), concat([b, a])]
    const nodes = topologicalOrder([short, turned, long].map(nodeOf)).filter((node) => node.inputs.length > 0)
    const { pieces, whole } = piecesOf(
      nodes.filter((node) => node.varies),
      new Set(),
    )
    expect(whole).toEqual(new Set([short, long].map(nodeOf)))
    expect(spotOf(nodeOf(short), pieces)).toEqual({ node: nodeOf(long), offset: 0 })
    expect(spotOf(nodeOf(c), pieces)).toEqual({ node: nodeOf(long), offset: 4 })
    expect(spotOf(nodeOf(turned), pieces)).toEqual({ node: nodeOf(turned), offset: 0 })
  })

  test('are copied where they are a part, or come twice', () => {
    const x = example([4])
    const a = tanh(x)
    const [twice, part, input] = [concat([a, a]), concat([slice(a, 0, 1, 3), flip(a, 0)]), concat([x, mul(a, 2)])]
    const nodes = topologicalOrder([twice, part, input].map(nodeOf)).filter(
      (node) => node.varies && node.inputs.length > 0,
    )
    expect(piecesOf(nodes, new Set()).whole).toEqual(new Set())
  })
})
