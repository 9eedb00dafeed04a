import { isLoop } from '../compile/body.ts'
import type { Plan } from '../compile/plan.ts'
import { sizeOf } from '../shape.ts'
import { type ContractAttributes, contractOperation } from '../tensor/contract.ts'
import { bodyNodes } from '../tensor/loopBody.ts'
import { kindsOf, type Operation } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'

/** Phases, work and memory of a plan as text; time by operation where it was measured. */
export const explainPlan = (name: string, plan: Plan, times?: ReadonlyMap<string, number>): string => {
  const lines = plan.phases.flatMap((phase, i) => [
    `phase ${i}: ${phase.uniform.length} uniform and ${phase.varying.length} varying nodes, ${phase.joins.length} joins`,
    `  flops: ${total(phase.uniform)} uniform, ${total([...phase.varying, ...phase.joins])} per example`,
    `  kept for all examples: ${bytes(phase.stores)} bytes each`,
  ])
  const spent = [...(times ?? [])].sort((a, b) => b[1] - a[1])
  return [name, ...lines, ...spent.map(([operation, ms]) => `  ${ms.toFixed(2).padStart(10)} ms  ${operation}`)].join(
    '\n',
  )
}

const total = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + flops(node), 0)
const bytes = (nodes: readonly Node[]): number =>
  nodes.flatMap(kindsOf).reduce((sum, { shape, varies }) => sum + (varies ? 8 * sizeOf(shape) : 0), 0)

/** Multiplications and additions, for contractions; of a loop in all of its rounds; one for each element elsewhere. */
export const flops = (node: Node): number => {
  if (isLoop(node)) return node.attributes.count * total(bodyNodes(node.attributes).inner)
  if (node.operation !== (contractOperation as Operation)) return sizeOf(node.shape)
  const { a, out } = node.attributes as ContractAttributes
  const terms = [...a].reduce((n, letter, axis) => (out.includes(letter) ? n : n * node.inputs[0]!.shape[axis]!), 1)
  return 2 * sizeOf(node.shape) * terms
}
