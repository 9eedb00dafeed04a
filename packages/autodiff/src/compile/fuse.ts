import { type Shape, sameShape } from '../shape.ts'
import { rowOf } from '../tensor/elementwise.ts'
import type { Node } from '../tensor/tensor.ts'
import type { Work } from './memory.ts'
import { ownersOf } from './memory.ts'
import { placeOf } from './views.ts'

/**
 * One pass over an index space: element-wise nodes of one shape, in order, whose values live in registers but for the
 * outputs. Inputs are read with broadcasting.
 */
export interface MapKernel {
  readonly kind: 'map'
  readonly shape: Shape
  readonly nodes: readonly Node[]
  readonly inputs: readonly Node[]
  /** The nodes whose values something outside the kernel reads. */
  readonly outputs: readonly Node[]
}
/** Any other operation is a kernel of its own. */
export interface NodeKernel {
  readonly kind: 'node'
  readonly node: Node
}
export type KernelStep = MapKernel | NodeKernel

/** Nodes in one kernel: registers are few, and what does not fit them goes through memory anyway. */
const MOST_NODES = 48

/**
 * Neighbouring element-wise nodes of one shape become one kernel: each node joins the first kernel of its shape that
 * runs no earlier than everything it reads. `nodes` are in order; `forever` are read after all of them; a target says
 * by `isFusible` which element-wise nodes it has code for.
 */
export const fuse = (
  nodes: readonly Node[],
  forever: ReadonlySet<Node>,
  isFusible: (node: Node) => boolean = (node) => rowOf(node) !== undefined,
): readonly KernelStep[] => {
  const groups: { readonly shape: Shape | null; readonly varies: boolean; readonly nodes: Node[] }[] = []
  const groupOf = new Map<Node, number>()
  for (const node of nodes) {
    const row = isFusible(node)
    // A value that is in a register can be read only as it is, not as a piece or under another shape.
    const earliest = Math.max(
      0,
      ...node.inputs.map((x) => {
        const group = groupOf.get(placeOf(x).node)
        if (group === undefined) return 0
        return row &&
          groupOf.has(x) &&
          sameShape(x.shape, node.shape) &&
          sameShape(x.shape, groups[group]!.shape ?? []) &&
          groups[group]!.shape
          ? group
          : group + 1
      }),
    )
    const at = row
      ? groups.findIndex(
          (g, i) =>
            i >= earliest &&
            g.shape &&
            g.varies === node.varies &&
            g.nodes.length < MOST_NODES &&
            sameShape(g.shape, node.shape),
        )
      : -1
    if (at >= 0) groups[at]!.nodes.push(node)
    else groups.push({ shape: row ? node.shape : null, varies: node.varies, nodes: [node] })
    groupOf.set(node, at >= 0 ? at : groups.length - 1)
  }
  const readOutside = new Set<Node>(forever)
  for (const node of nodes)
    for (const x of node.inputs) {
      const owner = placeOf(x).node
      if (owner !== x || groupOf.get(owner) !== groupOf.get(node)) readOutside.add(owner)
    }
  return groups.map(({ shape, nodes: members }): KernelStep => {
    if (!shape) return { kind: 'node', node: members[0]! }
    const own = new Set(members)
    return {
      kind: 'map',
      shape,
      nodes: members,
      inputs: [...new Set(members.flatMap((x) => x.inputs).filter((x) => !own.has(x)))],
      outputs: members.filter((x) => readOutside.has(x)),
    }
  })
}

/** What a kernel reads and writes, for planning memory. */
export const workOfKernel = (step: KernelStep): Work =>
  step.kind === 'node'
    ? { writes: [step.node], reads: ownersOf(step.node.inputs) }
    : { writes: step.outputs, reads: ownersOf(step.inputs) }
