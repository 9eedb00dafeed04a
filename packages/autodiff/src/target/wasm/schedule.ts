import type { KernelStep } from '../../compile/fuse.ts'
import { ownersOf } from '../../compile/memory.ts'
import type { Node } from '../../tensor/tensor.ts'

/** What a join does on a tile. */
export interface JoinStep {
  readonly kind: 'join'
  readonly node: Node
}
export type TileStep = KernelStep | JoinStep

/** Joins take up a tile's values as soon as those are there, while they are in the cache; then nothing has to keep them. */
export const withJoins = (steps: readonly KernelStep[], joins: readonly Node[]): readonly TileStep[] => {
  const writtenBy = new Map<Node, number>()
  steps.forEach((step, i) => {
    for (const node of step.kind === 'node' ? [step.node] : step.outputs) writtenBy.set(node, i)
  })
  const after = new Map<number, JoinStep[]>()
  for (const node of joins) {
    const at = Math.max(-1, ...ownersOf(node.inputs).map((x) => writtenBy.get(x) ?? -1))
    after.set(at, [...(after.get(at) ?? []), { kind: 'join', node }])
  }
  return [...(after.get(-1) ?? []), ...steps.flatMap((step, i) => [step, ...(after.get(i) ?? [])])]
}
