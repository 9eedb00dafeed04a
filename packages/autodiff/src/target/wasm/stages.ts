import type { KernelStep } from '../../compile/fuse.ts'
import { placeOf } from '../../compile/views.ts'
import type { Node } from '../../tensor/tensor.ts'

/** Uniform kernels that need nothing of one another, so that threads may share them out. */
export type Stage = readonly KernelStep[]

/** Kernels by how many others come before them. */
export const stagesOf = (steps: readonly KernelStep[]): readonly Stage[] => {
  const stageOf = new Map<Node, number>()
  const stages: KernelStep[][] = []
  for (const step of steps) {
    const [writes, reads] = step.kind === 'node' ? [[step.node], step.node.inputs] : [step.nodes, step.inputs]
    const stage = Math.max(0, ...reads.map((x) => (stageOf.get(placeOf(x).node) ?? -1) + 1))
    for (const node of writes) stageOf.set(node, stage)
    stages[stage] = [...(stages[stage] ?? []), step]
  }
  return stages
}
