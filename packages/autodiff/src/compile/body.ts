import { sizeOf } from '../shape.ts'
import { topologicalOrder } from '../tensor/graph.ts'
import { loopOperation } from '../tensor/loop.ts'
import { bodyResults, type LoopAttributes, placeholdersOf } from '../tensor/loopBody.ts'
import { kindsOf, type Operation } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import { carriedInPlace } from './carried.ts'
import { fuse, type KernelStep } from './fuse.ts'
import { planScratch, type Scratch, type Work } from './memory.ts'
import { piecesOf } from './pieces.ts'
import { isView, placeOf } from './views.ts'

export const isLoop = (node: Node): node is Node<LoopAttributes> => node.operation === (loopOperation as Operation)

/**
 * A loop's body as kernels, and where its values lie for one turn. Everything is in scratch, uniform values too, for
 * each thread takes its own turns.
 */
export interface Body {
  readonly steps: readonly KernelStep[]
  /** In elements of one lane. Carries keep their places from turn to turn; all else lives within one. */
  readonly scratch: Scratch
  /** What the body reads of its index, carries and slices, and its carries. */
  readonly placeholders: ReadonlySet<Node>
  /** Of carries that become another carry: where they wait, by number, beyond the values. */
  readonly waiting: ReadonlyMap<number, number>
  /** Elements in all. */
  readonly size: number
  /** Of the loops inside. */
  readonly bodies: ReadonlyMap<Node, Body>
  readonly isRead: (node: Node, output: number) => boolean
}

/** What a target says of the kernels that it has. */
export interface Target {
  readonly isFusible: (node: Node) => boolean
  /** Elements that a node's kernel needs for itself while it runs. */
  readonly roomOf: (node: Node) => number
  /** How many uniform values take as much room as one element of the lanes. */
  readonly tile: number
}

export const bodyOf = ({ attributes: a }: Node<LoopAttributes>, target: Target): Body => {
  const { isFusible, tile } = target
  const results = bodyResults(a)
  const given = new Set([...placeholdersOf(a), ...a.captured])
  const inner = topologicalOrder(results, given).filter((x) => !given.has(x))
  const isRead = readIn(inner, results)
  const bodies = bodiesIn(inner, target)
  const lastly = new Set(results.map((x) => placeOf(x).node))
  const made = inner.filter((x) => !isView(x))
  const { pieces, whole } = piecesOf(made, new Set())
  const steps = fuse(made, new Set([...lastly, ...pieces.keys()]), isFusible, whole)
  const carried = carriedInPlace(a, steps, pieces)
  const read = new Set([...inner.flatMap((x) => x.inputs), ...results].map((x) => placeOf(x).node))
  const placeholders = new Set(placeholdersOf(a).filter((x) => read.has(x) || a.carries.includes(x)))
  const own = new Set([...inner, ...placeholders])
  const workOf = (step: KernelStep): Work => {
    const [writes, inputs] = step.kind === 'node' ? [[step.node], step.node.inputs] : [step.outputs, step.inputs]
    const reads = inputs.map((x) => placeOf(x).node).filter((x) => own.has(x))
    return { writes, reads, room: roomOfStep(step, bodies, target) }
  }
  const lengthsOf = (node: Node): readonly number[] =>
    kindsOf(node).map(({ shape, varies }, k) => {
      if (!isRead(node, k)) return 0
      return varies ? sizeOf(shape) : Math.ceil(sizeOf(shape) / tile)
    })
  const scratch = planScratch(
    [{ writes: [...placeholders], reads: [] }, ...steps.map(workOf)],
    new Set([...a.carries, ...[...lastly].filter((x) => own.has(x))]),
    lengthsOf,
    new Map([...pieces, ...carried]),
  )
  let { size } = scratch
  const waiting = new Map<number, number>()
  a.nextCarries.forEach((next, i) => {
    if (next === a.carries[i] || !a.carries.includes(placeOf(next).node)) return
    waiting.set(i, size)
    size += lengthsOf(a.carries[i]!)[0]!
  })
  return { steps, scratch, placeholders, waiting, size, bodies, isRead }
}

/** The bodies of the loops among some nodes. */
export const bodiesIn = (nodes: readonly Node[], target: Target): ReadonlyMap<Node, Body> =>
  new Map(nodes.filter(isLoop).map((loop) => [loop, bodyOf(loop, target)] as const))

/** Elements that a step needs besides what it writes: a loop one for itself, and what its body's values take. */
export const roomOfStep = (step: KernelStep, bodies: ReadonlyMap<Node, Body>, { roomOf }: Target): number => {
  if (step.kind !== 'node') return 0
  const body = bodies.get(step.node)
  return body ? 1 + body.size : roomOf(step.node)
}

/** Whether a result of a node is used: a loop keeps only those that are; any other operation writes all it has. */
export const readIn = (nodes: readonly Node[], results: readonly Node[]): ((node: Node, output: number) => boolean) => {
  const read = new Map<Node, Set<number>>()
  for (const x of [...nodes.flatMap((node) => node.inputs), ...results]) {
    const { node, output } = placeOf(x)
    if (!isLoop(node)) continue
    read.set(node, (read.get(node) ?? new Set()).add(output))
  }
  return (node, output) => !isLoop(node) || read.get(node)?.has(output) === true
}
