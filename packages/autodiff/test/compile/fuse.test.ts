import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuse, type KernelStep } from '../../src/compile/fuse.ts'
import { placeOf } from '../../src/compile/views.ts'
import { add, type Example, example, mul, type Node, nodeOf, reshape, sin, sizeOf, sum } from '../../src/index.ts'
import { topologicalOrder } from '../../src/tensor/graph.ts'

/** A random graph over two inputs: each pair of numbers chooses an operation and an operand. */
const graphOf = (choices: readonly (readonly [number, number])[]): readonly Node[] => {
  const values: Example[] = [example([4, 2]), example([2])]
  for (const [operation, k] of choices) {
    const a = values.at(-1 - (k % Math.min(4, values.length)))!
    const b = values[k % values.length]!
    const made = [
      () => sin(a),
      () => add(a, b),
      () => mul(a, b),
      () => reshape(a, [...a.shape].reverse()),
      () => (a.shape.length ? sum(a, 0) : a),
    ][operation]!
    try {
      values.push(made())
    } catch {
      // Shapes that do not broadcast: another choice comes.
    }
  }
  return values.slice(2).map(nodeOf)
}

const choices = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 40 })), { minLength: 1, maxLength: 40 })

const fused = (
  results: readonly Node[],
): { readonly nodes: readonly Node[]; readonly steps: readonly KernelStep[] } => {
  const nodes = topologicalOrder(results).filter((x) => x.inputs.length > 0 && placeOf(x).node === x)
  return { nodes, steps: fuse(nodes, new Set(results.slice(-1).map((x) => placeOf(x).node))) }
}

const membersOf = (step: KernelStep): readonly Node[] => (step.kind === 'map' ? step.nodes : [step.node])

test('every node runs once, and reads nothing before it is there', () =>
  fc.assert(
    fc.property(choices, (some) => {
      const { nodes, steps } = fused(graphOf(some))
      const stored = new Set<Node>()
      const run: Node[] = []
      for (const step of steps) {
        const inside = new Set<Node>()
        for (const node of membersOf(step)) {
          for (const x of node.inputs) {
            const owner = placeOf(x).node
            // In registers only as a whole; otherwise from memory, which has inputs and what was stored.
            const inRegister = inside.has(owner) && sizeOf(x.shape) === sizeOf(owner.shape)
            if (!(inRegister || owner.inputs.length === 0)) expect(stored).toContain(owner)
          }
          inside.add(node)
          run.push(node)
        }
        for (const x of step.kind === 'map' ? step.outputs : [step.node]) stored.add(x)
      }
      expect(new Set(run)).toEqual(new Set(nodes))
      expect(run.length).toBe(nodes.length)
    }),
  ))

test('a chain of element-wise functions is one kernel that stores its end', () => {
  const x = example([3])
  const y = nodeOf(sin(add(mul(x, 2), sin(x))))
  const { steps } = fused([y])
  expect(steps).toHaveLength(1)
  expect(steps[0]).toMatchObject({ kind: 'map', outputs: [y] })
})

test('a sum between element-wise functions parts them', () => {
  const x = example([3])
  expect(fused([nodeOf(sin(mul(x, sum(sin(x)))))]).steps.map((s) => s.kind)).toEqual(['map', 'node', 'map'])
})
