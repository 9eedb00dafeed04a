import { sizeOf } from '../shape.ts'
import type { Node } from '../tensor/tensor.ts'
import { placeOf } from './views.ts'

// A node that only moves elements needs no work of its own where all who read it can look each element up where it
// comes from.

/** Moving nodes whose readers read what they are made from. */
export type InPlace = ReadonlySet<Node>

/** Operations that only move elements of their inputs, or put a number where there is none. */
const moving: ReadonlySet<string> = new Set([
  'transpose',
  'slice',
  'pad',
  'flip',
  'broadcastTo',
  'concat',
  'lanes.spread',
  'reshape',
  'alias',
  'stopGradient',
])

export const isMove = (node: Node): boolean => moving.has(node.operation.name)

/** Where the elements of a moving node come from. */
export interface Sources {
  /** By element, which input; -1 where a number is put in. */
  readonly input: Int32Array
  /** By element, which element of that input. */
  readonly element: Int32Array
  /** The number that is put in. */
  readonly filler: number
}

/** Larger than any number that is put in. */
const MARK = 2 ** 50
const PER_INPUT = 2 ** 32

/** Found by running the operation itself on the places of its inputs' elements: one meaning, whatever the operation. */
export const elementsOf = (node: Node): Sources => {
  const places = node.inputs.map((x, k) => {
    const own = new Float64Array(sizeOf(x.shape))
    for (let e = 0; e < own.length; e++) own[e] = MARK + k * PER_INPUT + e
    return own
  })
  const found = new Float64Array(sizeOf(node.shape))
  node.operation.kernel(node)([found], places, 1, { offset: 0 })
  const input = new Int32Array(found.length).fill(-1)
  const element = new Int32Array(found.length)
  let filler = 0
  for (let e = 0; e < found.length; e++) {
    const place = found[e]! - MARK
    if (place < 0) filler = found[e]!
    else {
      input[e] = Math.floor(place / PER_INPUT)
      element[e] = place % PER_INPUT
    }
  }
  return { input, element, filler }
}

/** The nodes whose memory is read by who reads x. */
export const sourcesOf = (x: Node, inPlace: InPlace): readonly Node[] => {
  const { node } = placeOf(x)
  return inPlace.has(node) ? node.inputs.flatMap((input) => sourcesOf(input, inPlace)) : [node]
}

/**
 * Of varying nodes in order, the moving ones that need not be computed: everything that reads them is among the nodes
 * and reads by element, as `looksUp` says, and what they put in is 0. `forever` are read by others too.
 */
export const movesInPlace = (
  nodes: readonly Node[],
  forever: ReadonlySet<Node>,
  looksUp: (node: Node) => boolean,
): InPlace => {
  const copied = new Set(forever)
  for (const node of nodes) if (!looksUp(node)) for (const x of node.inputs) copied.add(placeOf(x).node)
  return new Set(
    nodes.filter(
      (node) =>
        isMove(node) &&
        !copied.has(node) &&
        node.inputs.every((x) => x.varies) &&
        Object.is(elementsOf(node).filler, 0),
    ),
  )
}
