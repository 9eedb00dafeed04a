import { sizeOf } from '../shape.ts'
import type { Node } from '../tensor/tensor.ts'
import { placeOf } from './views.ts'

// What is put together from whole values, one after another in memory, needs no work where each of them is written into
// its place at once. Values that grow piece by piece, as those of an autoregressive network do, then are never copied.

/** An element of a node's memory. */
export interface Spot {
  readonly node: Node
  readonly offset: number
}

/** By node, where in another's memory it lies; the other may lie in a third one's. */
export type Pieces = ReadonlyMap<Node, Spot>

/** Where a node's value begins in the memory that it shares. */
export const spotOf = (node: Node, pieces: Pieces): Spot => {
  let at: Spot = { node, offset: 0 }
  for (let next = pieces.get(node); next; next = pieces.get(next.node))
    at = { node: next.node, offset: at.offset + next.offset }
  return at
}

/**
 * Of varying nodes in order, those that lie in the memory of a `concat` among them, and the `concat`s that need no work.
 * Nodes in `elsewhere` have no memory of their own.
 */
export const piecesOf = (
  nodes: readonly Node[],
  elsewhere: ReadonlySet<Node>,
): { readonly pieces: Pieces; readonly whole: ReadonlySet<Node> } => {
  const made = new Set(nodes)
  const pieces = new Map<Node, Spot>()
  const whole = new Set<Node>()
  const joined = nodes.filter((node) => isRow(node) && !elsewhere.has(node))
  const ownersOf = (node: Node): readonly Node[] | null => {
    const owners = node.inputs.map((x) => ownerOf(x))
    return owners.every((x) => x !== null && made.has(x) && !elsewhere.has(x)) ? (owners as readonly Node[]) : null
  }
  // The last ones first, for they hold those before them.
  for (const node of joined.toReversed()) {
    const owners = ownersOf(node)
    if (!owners || owners.some((x) => pieces.has(x)) || new Set(owners).size < owners.length) continue
    let offset = 0
    for (const owner of owners) {
      pieces.set(owner, { node, offset })
      offset += sizeOf(owner.shape)
    }
    whole.add(node)
  }
  // What is a run of pieces of another one is there already.
  for (const node of joined) {
    const owners = whole.has(node) || pieces.has(node) ? null : ownersOf(node)
    const spots = owners?.map((x) => spotOf(x, pieces))
    const first = spots?.[0]
    if (!owners || !spots || !first || !pieces.has(owners[0]!)) continue
    let offset = first.offset
    const isRun = owners.every((x, i) => {
      const here = spots[i]!.node === first.node && spots[i]!.offset === offset
      offset += sizeOf(x.shape)
      return here
    })
    if (!isRun) continue
    pieces.set(node, first)
    whole.add(node)
  }
  return { pieces, whole }
}

/** Whether a node is its inputs one after another. */
const isRow = (node: Node): boolean => {
  if (node.operation.name !== 'concat' || !node.varies) return false
  const { axis } = node.attributes as { readonly axis: number }
  return node.shape.slice(0, axis).every((n) => n === 1)
}

/** The node that x is all of; null where x is a part, or one of several results. */
const ownerOf = (x: Node): Node | null => {
  const { node, offset } = placeOf(x)
  return x.varies && !node.outputs && offset === 0 && sizeOf(x.shape) === sizeOf(node.shape) ? node : null
}
