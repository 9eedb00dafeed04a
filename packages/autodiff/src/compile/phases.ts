import { constantOperation, inputOperation } from '../tensor/constant.ts'
import { pickOperation, topologicalOrder } from '../tensor/graph.ts'
import { countOperation, isJoin } from '../tensor/lanes.ts'
import { kindsOf, type Operation } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import { isView, placeOf } from './views.ts'

/**
 * What runs between two joins: uniform work first, then work on each tile of lanes, whose joins end the phase. Joins
 * are finished before the next phase begins.
 */
export interface Phase {
  readonly uniform: readonly Node[]
  readonly varying: readonly Node[]
  readonly joins: readonly Node[]
  /** Varying values of earlier phases or of the inputs that this phase reads, kept for all lanes. */
  readonly loads: readonly Node[]
  /** Varying values of this phase that a later one or the results read. */
  readonly stores: readonly Node[]
}

/** Values bound from outside: they are computed by no phase. */
export const isBound = (node: Node): boolean => bound.includes(node.operation)
const bound: readonly unknown[] = [inputOperation, constantOperation, countOperation as Operation]

/** A uniform result of a node that runs on lanes is there once the lanes have run: from the next phase on. */
const isKnownAfterLanes = (node: Node): boolean =>
  node.operation === (pickOperation as Operation) && !node.varies && runsOnLanes(node.inputs[0]!)

/** The graph cut at its joins. A node's phase is the number of joins on the longest path to it. */
export const cutPhases = (results: readonly Node[]): readonly Phase[] => {
  const order = topologicalOrder(results)
  const phaseOf = new Map<Node, number>()
  for (const node of order) {
    const before = Math.max(0, ...node.inputs.map((x) => phaseOf.get(x)!))
    phaseOf.set(node, isJoin(node) || isKnownAfterLanes(node) ? before + 1 : before)
  }
  const last = Math.max(0, ...phaseOf.values())
  const owners = order.filter((node) => !isView(node))
  const kept = keptNodes(order, results, phaseOf)
  return Array.from({ length: last + 1 }, (_, phase) => {
    const here = owners.filter((node) => phaseOf.get(node) === phase && !isBound(node) && !isJoin(node))
    const joins = owners.filter((node) => isJoin(node) && phaseOf.get(node) === phase + 1)
    const varying = here.filter(runsOnLanes)
    const used = new Set(
      [...varying, ...joins].flatMap((node) => node.inputs.filter((x) => x.varies).map((x) => placeOf(x).node)),
    )
    return {
      uniform: here.filter((node) => !runsOnLanes(node)),
      varying,
      joins,
      loads: [...used].filter((x) => !varying.includes(x)),
      stores: varying.filter((x) => kept.has(x)),
    }
  })
}

/** A node with several results runs on lanes when any of them varies. */
export const runsOnLanes = (node: Node): boolean => kindsOf(node).some((kind) => kind.varies)

/** Varying values that are read after the joins of their own phase. */
const keptNodes = (
  order: readonly Node[],
  results: readonly Node[],
  phaseOf: ReadonlyMap<Node, number>,
): ReadonlySet<Node> => {
  const kept = new Set<Node>()
  const read = (x: Node, phase: number): void => {
    const { node } = placeOf(x)
    if (x.varies && phaseOf.get(node)! < phase) kept.add(node)
  }
  for (const node of order) {
    if (isView(node)) continue
    // A join absorbs in the phase before the one it belongs to.
    const phase = phaseOf.get(node)! - (isJoin(node) ? 1 : 0)
    for (const x of node.inputs) read(x, phase)
  }
  for (const x of results) read(x, Infinity)
  return kept
}
