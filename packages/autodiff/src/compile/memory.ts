import { sizeOf } from '../shape.ts'
import { kindsOf } from '../tensor/operation.ts'
import type { Node } from '../tensor/tensor.ts'
import type { Phase } from './phases.ts'
import { type Pieces, spotOf } from './pieces.ts'
import { placeOf } from './views.ts'

/** Where the varying values of a phase lie in its scratch memory, in elements of one lane. */
export interface Scratch {
  /** By node, one offset for each of its results. */
  readonly offsets: ReadonlyMap<Node, readonly number[]>
  /** By the first node that it writes, of work that needs room of its own. */
  readonly rooms: ReadonlyMap<Node, number>
  readonly size: number
}

/** One piece of work, in order: the nodes whose results it writes, and those it reads (the owners of their memory). */
export interface Work {
  readonly writes: readonly Node[]
  readonly reads: readonly Node[]
  /** Elements that it needs while it goes on. */
  readonly room?: number
}

/** The work of a phase on a tile, one node at a time; what is loaded comes first. */
export const workOf = ({ loads, varying }: Phase): readonly Work[] => [
  ...loads.map((node): Work => ({ writes: [node], reads: [] })),
  ...varying.map((node): Work => ({ writes: [node], reads: ownersOf(node.inputs) })),
]

/** The nodes behind some values that vary. */
export const ownersOf = (values: readonly Node[]): readonly Node[] =>
  values.filter((x) => x.varies).map((x) => placeOf(x).node)

/** What is still read when all kernels of a phase are done: by its joins, its stores and the results. */
export const readAfter = (phase: Phase, results: readonly Node[]): ReadonlySet<Node> =>
  new Set([...lasting(phase, results), ...phase.joins.flatMap((join) => ownersOf(join.inputs))])

/** What is still read when its joins are done too. */
export const lasting = ({ stores }: Phase, results: readonly Node[]): ReadonlySet<Node> =>
  new Set([...stores, ...ownersOf(results)])

/**
 * Places reused as soon as nothing reads them again: first fit, in the order of the work. `lengthsOf` says how many
 * elements each result of a node takes. Pieces lie in the memory of what they are pieces of, which is taken with the
 * first of them.
 */
export const planScratch = (
  work: readonly Work[],
  forever: ReadonlySet<Node>,
  lengthsOf: (node: Node) => readonly number[] = varyingLengths,
  pieces: Pieces = new Map(),
): Scratch => {
  const ownerOf = (node: Node): Node => spotOf(node, pieces).node
  const last = lastUses(
    work.map(({ writes, reads }) => ({ writes: writes.map(ownerOf), reads: reads.map(ownerOf) })),
    new Set([...forever].map(ownerOf)),
  )
  const offsets = new Map<Node, readonly number[]>()
  const rooms = new Map<Node, number>()
  const free: Span[] = [{ start: 0, length: Infinity }]
  let size = 0
  const taken = (length: number): number => {
    const start = take(free, length)
    size = Math.max(size, start + length)
    return start
  }
  work.forEach(({ writes, room }, i) => {
    for (const node of writes.map(ownerOf)) if (!offsets.has(node)) offsets.set(node, lengthsOf(node).map(taken))
    if (room) {
      const start = taken(room)
      rooms.set(writes[0]!, start)
      give(free, { start, length: room })
    }
    for (const done of last.get(i) ?? [])
      offsets.get(done)!.forEach((start, k) => {
        give(free, { start, length: lengthsOf(done)[k]! })
      })
  })
  for (const piece of pieces.keys()) {
    const { node, offset } = spotOf(piece, pieces)
    offsets.set(piece, [offsets.get(node)![0]! + offset])
  }
  return { offsets, rooms, size }
}

/** The free spans are in order, and the last is endless, so every search finds one. */
interface Span {
  start: number
  length: number
}

/** Of what varies. */
export const varyingLengths = (node: Node): readonly number[] =>
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

/** For each piece of work, the nodes that nothing reads after it. */
const lastUses = (work: readonly Work[], forever: ReadonlySet<Node>): ReadonlyMap<number, readonly Node[]> => {
  const last = new Map<Node, number>()
  work.forEach(({ writes, reads }, i) => {
    for (const node of [...writes, ...reads]) last.set(node, i)
  })
  const uses = new Map<number, Node[]>()
  for (const [node, i] of last) if (!forever.has(node)) uses.set(i, [...(uses.get(i) ?? []), node])
  return uses
}
