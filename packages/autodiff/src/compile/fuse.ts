import { type Shape, sizeOf } from '../shape.ts'
import { rowOf } from '../tensor/elementwise.ts'
import type { Node } from '../tensor/tensor.ts'
import { type InPlace, sourcesOf } from './inPlace.ts'
import type { Work } from './memory.ts'
import { placeOf } from './views.ts'

/**
 * One pass over an index space: element-wise nodes of one size, in order, whose values live in registers but for the
 * outputs. Shapes may differ, for elements of equal number are met in the same order.
 */
export interface MapKernel {
  readonly kind: 'map'
  /** Of the first node. */
  readonly shape: Shape
  /** A product of the same size whose results are used before they leave the registers. */
  readonly head?: Node
  readonly nodes: readonly Node[]
  /** What is read from memory, broadcast to the space of its readers. */
  readonly inputs: readonly Node[]
  readonly spaces: readonly Shape[]
  /** By node, which of `[...inputs, head, ...nodes]` its operands are; the head only where there is one. */
  readonly operands: readonly (readonly number[])[]
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
/** Nodes behind a head, whose code is there once for each of its results in registers. */
const MOST_BEHIND = 6

interface Group {
  /** Undefined for what is not element-wise. */
  readonly size: number | undefined
  readonly varies: boolean
  readonly head?: Node
  readonly nodes: Node[]
}

/**
 * Neighbouring element-wise nodes of one size become one kernel: each node joins the first kernel of its size that runs
 * no earlier than everything it reads. `nodes` are in order; `forever` are read after all of them; a target says by
 * `isFusible` which element-wise nodes it has code for. Nodes `inPlace` have no kernel: their readers read what they
 * are made from. Behind a node that is a head, those follow that use its result and read all else beside it.
 */
export const fuse = (
  nodes: readonly Node[],
  forever: ReadonlySet<Node>,
  isFusible: (node: Node) => boolean = (node) => rowOf(node) !== undefined,
  inPlace: InPlace = new Set(),
  isHead: (node: Node) => boolean = () => false,
): readonly KernelStep[] => {
  const groups: Group[] = []
  const groupOf = new Map<Node, number>()
  const made = nodes.filter((node) => !inPlace.has(node))
  for (const node of made) {
    const size = isFusible(node) ? sizeOf(node.shape) : undefined
    const earliest = Math.max(0, ...node.inputs.map((x) => earliestFor(x, size)))
    const open = (g: Group, i: number): boolean =>
      g.size !== undefined && g.size === size && g.varies === node.varies && (g.head ? follows(node, i) : hasRoom(g))
    const at = groups.findIndex((g, i) => i >= earliest && open(g, i))
    if (at >= 0) groups[at]!.nodes.push(node)
    else if (isHead(node)) groups.push({ size: sizeOf(node.shape), varies: node.varies, head: node, nodes: [] })
    else groups.push({ size, varies: node.varies, nodes: [node] })
    groupOf.set(node, at >= 0 ? at : groups.length - 1)
  }
  const readOutside = new Set<Node>(forever)
  for (const node of made)
    for (const x of node.inputs) {
      const owner = inRegister(x, groupOf.get(node)!)
      if (!owner) for (const source of sourcesOf(x, inPlace)) readOutside.add(source)
    }
  return groups.map((group, i): KernelStep => {
    const { head, nodes: members } = group
    if (group.size === undefined || members.length === 0) return { kind: 'node', node: head ?? members[0]! }
    return mapOf(head, members, (x) => inRegister(x, i), readOutside)
  })

  function hasRoom({ nodes: members }: Group): boolean {
    return members.length < MOST_NODES
  }

  /** Whether a node can follow in a kernel that has a head. */
  function follows(node: Node, kernel: number): boolean {
    const { nodes: members, size } = groups[kernel]!
    const beside = (x: Node): boolean =>
      (!x.varies && sizeOf(x.shape) === 1) || (sizeOf(x.shape) === size && !inPlace.has(placeOf(x).node))
    return (
      members.length < MOST_BEHIND &&
      node.inputs.some((x) => inRegister(x, kernel)) &&
      node.inputs.every((x) => inRegister(x, kernel) || beside(x))
    )
  }

  /** The first kernel in which x can be read. */
  function earliestFor(x: Node, size: number | undefined): number {
    const owner = placeOf(x).node
    const own = groupOf.get(owner)
    if (own !== undefined && size !== undefined && groups[own]!.size === size && isWhole(x, size)) return own
    return Math.max(0, ...sourcesOf(x, inPlace).map((source) => (groupOf.get(source) ?? -1) + 1))
  }

  /** The node of a kernel that x is the value of, under whatever shape. */
  function inRegister(x: Node, kernel: number): Node | undefined {
    const { node } = placeOf(x)
    const { size } = groups[kernel]!
    return groupOf.get(node) === kernel && size !== undefined && isWhole(x, size) ? node : undefined
  }
}

/** Whether x is all of the value that it is a view of, which has this size. */
const isWhole = (x: Node, size: number): boolean => placeOf(x).offset === 0 && sizeOf(x.shape) === size

const mapOf = (
  head: Node | undefined,
  nodes: readonly Node[],
  inRegister: (x: Node) => Node | undefined,
  readOutside: ReadonlySet<Node>,
): MapKernel => {
  const inputs: Node[] = []
  const spaces: Shape[] = []
  const known = new Map<string, number>()
  const numbers = new Map<Node, number>()
  /** A value is one input for all readers, unless it is broadcast to different spaces. */
  const inputOf = (x: Node, space: Shape): number => {
    const number = numbers.get(x) ?? numbers.size
    numbers.set(x, number)
    const key = sizeOf(x.shape) === sizeOf(space) ? `${number}` : `${number} in ${space}`
    const before = known.get(key)
    if (before !== undefined) return before
    known.set(key, inputs.length)
    spaces.push(space)
    return inputs.push(x) - 1
  }
  const read = nodes.map((node) => node.inputs.map((x) => inRegister(x) ?? inputOf(x, node.shape)))
  const all = head ? [head, ...nodes] : nodes
  const place = new Map(all.map((node, i) => [node, inputs.length + i] as const))
  return {
    kind: 'map',
    shape: nodes[0]!.shape,
    ...(head && { head }),
    nodes,
    inputs,
    spaces,
    operands: read.map((xs) => xs.map((x) => (typeof x === 'number' ? x : place.get(x)!))),
    outputs: all.filter((x) => readOutside.has(x)),
  }
}

/** What a kernel reads and writes, for planning memory. */
export const workOfKernel = (step: KernelStep, inPlace: InPlace = new Set()): Work => {
  const [writes, inputs] =
    step.kind === 'node'
      ? [[step.node], step.node.inputs]
      : [step.outputs, [...step.inputs, ...(step.head?.inputs ?? [])]]
  return { writes, reads: inputs.flatMap((x) => sourcesOf(x, inPlace)).filter((x) => x.varies) }
}
