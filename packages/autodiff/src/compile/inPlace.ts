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

/** Where an element of a moving node comes from: an element of an input, or a number. */
export type Source = { readonly input: number; readonly element: number } | { readonly filler: number }

/** Larger than any number that is put in. */
const MARK = 2 ** 50
const PER_INPUT = 2 ** 32

/** Found by running the operation itself on the places of its inputs' elements: one meaning, whatever the operation. */
export const elementsOf = (node: Node): readonly Source[] => {
  const places = node.inputs.map((x, k) =>
    Float64Array.from({ length: sizeOf(x.shape) }, (_, e) => MARK + k * PER_INPUT + e),
  )
  const found = new Float64Array(sizeOf(node.shape))
  node.operation.kernel(node)([found], places, 1, { offset: 0 })
  return Array.from(found, (place): Source => {
    if (place < MARK) return { filler: place }
    const input = Math.floor((place - MARK) / PER_INPUT)
    return { input, element: place - MARK - input * PER_INPUT }
  })
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
        elementsOf(node).every((source) => !('filler' in source) || source.filler === 0),
    ),
  )
}
