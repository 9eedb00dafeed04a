import { sizeOf } from '../shape.ts'
import { kindsOf } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import type { Phase } from './phases.ts'
import { placeOf } from './views.ts'

/** Where the varying values of a phase lie in its scratch memory, in elements of one lane. */
export interface Scratch {
  /** By node, one offset for each of its results. */
  readonly offsets: ReadonlyMap<Node, readonly number[]>
  readonly size: number
}

/** Places reused as soon as nothing reads them again: first fit, in the order of the work. */
export const planScratch = (phase: Phase, results: readonly Node[]): Scratch => {
  const steps = [...phase.loads, ...phase.varying]
  const lastUse = lastUses(phase, results)
  const offsets = new Map<Node, readonly number[]>()
  const free: Span[] = [{ start: 0, length: Infinity }]
  let size = 0
  steps.forEach((node, i) => {
    const lengths = varyingLengths(node)
    const at = lengths.map((length) => take(free, length))
    offsets.set(node, at)
    at.forEach((start, k) => {
      size = Math.max(size, start + lengths[k]!)
    })
    for (const done of lastUse.get(i) ?? [])
      offsets.get(done)!.forEach((start, k) => give(free, { start, length: varyingLengths(done)[k]! }))
  })
  return { offsets, size }
}

/** The free spans are in order, and the last is endless, so every search finds one. */
interface Span {
  start: number
  length: number
}

const varyingLengths = (node: Node): readonly number[] =>
  kindsOf(node).map((kind) => (kind.varies ? sizeOf(kind.shape) : 0))

const take = (free: Span[], length: number): number => {
  const span = free.find((s) => s.length >= length)!
  const { start } = span
  span.start += length
  span.length -= length
  return start
}

/** Puts a span back in its place and joins it with its neighbours. */
const give = (free: Span[], span: Span): void => {
  if (span.length === 0) return
  const after = free.findIndex((s) => s.start > span.start)
  free.splice(after, 0, span)
  for (let i = Math.max(0, after - 1); i <= after && i + 1 < free.length; ) {
    const [a, b] = [free[i]!, free[i + 1]!]
    if (a.start + a.length < b.start) i++
    else {
      a.length += b.length
      free.splice(i + 1, 1)
    }
  }
}

/** For each step, the nodes that nothing reads after it. Joins and stores come after all steps. */
const lastUses = (phase: Phase, results: readonly Node[]): ReadonlyMap<number, readonly Node[]> => {
  const steps = [...phase.loads, ...phase.varying]
  const forever = new Set([
    ...phase.stores,
    ...phase.joins.flatMap((j) => j.inputs.map((x) => placeOf(x).node)),
    ...results.map((x) => placeOf(x).node),
  ])
  const last = new Map<Node, number>()
  steps.forEach((node, i) => {
    last.set(node, i)
    // What is loaded was computed before: its inputs are not read here.
    if (i < phase.loads.length) return
    for (const x of node.inputs) if (x.varies) last.set(placeOf(x).node, i)
  })
  const uses = new Map<number, Node[]>()
  for (const [node, i] of last) if (!forever.has(node)) uses.set(i, [...(uses.get(i) ?? []), node])
  return uses
}
