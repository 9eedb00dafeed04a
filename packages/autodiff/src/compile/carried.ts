import { sizeOf } from '../shape.ts'
import { bodyResults, type LoopBody } from '../tensor/loopBody.ts'
import type { Node } from '../tensor/tensor.ts'
import type { KernelStep } from './fuse.ts'
import type { Pieces, Spot } from './pieces.ts'
import { placeOf } from './views.ts'

/**
 * What carries become that can be written over them at once, since nobody reads the carry any more: no later step, no
 * result of the turn, and the step itself only element by element. `pieces` lie elsewhere.
 */
export const carriedInPlace = (body: LoopBody, steps: readonly KernelStep[], pieces: Pieces): Pieces => {
  const lastRead = new Map<Node, number>()
  const writtenBy = new Map<Node, number>()
  steps.forEach((step, i) => {
    const [inputs, outputs] = step.kind === 'node' ? [step.node.inputs, [step.node]] : [step.inputs, step.outputs]
    for (const x of inputs) lastRead.set(placeOf(x).node, i)
    for (const node of outputs) writtenBy.set(node, i)
  })
  const results = new Set(bodyResults(body).map((x) => placeOf(x).node))
  const found = new Map<Node, Spot>()
  body.nextCarries.forEach((next, i) => {
    const carry = body.carries[i]!
    const { node, offset } = placeOf(next)
    const at = writtenBy.get(node)
    if (at === undefined || node.outputs || offset > 0 || sizeOf(node.shape) !== sizeOf(carry.shape)) return
    if (node.varies !== carry.varies || pieces.has(node) || found.has(node) || results.has(carry)) return
    const last = lastRead.get(carry) ?? -1
    if (last < at || (last === at && readsAlong(steps[at]!, carry))) found.set(node, { node: carry, offset: 0 })
  })
  return found
}

/** Whether a step reads each element of a value only where it writes one of the same number. */
const readsAlong = (step: KernelStep, value: Node): boolean =>
  step.kind === 'map' &&
  step.inputs.every((x) => {
    const { node, offset } = placeOf(x)
    return (
      node !== value || (offset === 0 && x.varies === step.nodes[0]!.varies && sizeOf(x.shape) === sizeOf(step.shape))
    )
  })
