import { bodiesIn, readIn, roomOfStep, type Target } from '../../compile/body.ts'
import { fuse, type KernelStep, workOfKernel } from '../../compile/fuse.ts'
import { elementsOf, type InPlace, isMove, movesInPlace } from '../../compile/inPlace.ts'
import { lasting, ownersOf, planScratch, readAfter, varyingLengths, type Work } from '../../compile/memory.ts'
import type { Phase } from '../../compile/phases.ts'
import { type Pieces, piecesOf } from '../../compile/pieces.ts'
import { type Plan, resultNodes } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import type { Format } from './format.ts'
import { canLead } from './kernels/contract.ts'
import type { LoopPlace } from './kernels/kernel.ts'
import { isMappable } from './kernels/map.ts'
import { roomFor } from './kernels/room.ts'
import { type TileStep, withJoins } from './schedule.ts'
import { inScratch, offsetIn } from './space.ts'
import { VECTOR } from './words.ts'

/** A phase as kernels, uniform ones first. */
export interface KernelPhase {
  readonly phase: Phase
  readonly uniform: readonly KernelStep[]
  readonly varying: readonly TileStep[]
  /** What is not computed, but looked up by its readers where it comes from. */
  readonly inPlace: InPlace
  /** What needs no work, for it is that or is there with its pieces. */
  readonly done: InPlace
  readonly pieces: Pieces
}

/** Where the values of a program lie: uniform ones in bytes from the start of its block, varying ones in scratch. */
export interface Layout {
  readonly phases: readonly KernelPhase[]
  /** Where a result of a node is written. */
  addressOf(node: Node, output?: number): number
  /** Where a value is read: a view lies inside its owner. Of a varying value, in the scratch of this phase. */
  readAt(x: Node, phase: number): number
  /** Of a varying value that is read in place, where the row of each element is, from the beginning of scratch. */
  rowsOf(x: Node, phase: number): readonly number[] | undefined
  /** Where a result of an earlier phase, or an input, is loaded to. */
  loadedAt(node: Node, output: number, phase: number): number
  /** Where a node has room for itself, in the scratch of its phase. */
  roomOf(node: Node, phase: number): number
  /** A loop of a phase. */
  loop(node: Node, phase: number): LoopPlace
  /** Whether a result of a node is kept. */
  isRead(node: Node, output: number): boolean
  /** Of the program's block. */
  readonly bytes: number
  /** Of scratch, which the phases share. */
  readonly scratchBytes: number
}

/** Uniform values one after another; scratch begins with a row of zeros. */
export const layoutOf = (plan: Plan, { tile, word, row }: Format): Layout => {
  const results = resultNodes(plan)
  const nodes = plan.phases.flatMap((phase) => [...phase.uniform, ...phase.varying, ...phase.joins])
  const isRead = readIn(nodes, results)
  const target: Target = { isFusible: isMappable, roomOf: (node) => roomFor(node, tile), tile }
  const bodies = bodiesIn(nodes, target)
  const uniform = uniformOffsets(plan, word, isRead)
  const phases = plan.phases.map((phase): KernelPhase => {
    const readLater = new Set(
      plan.phases
        .flatMap((p) => [...p.varying, ...p.joins, ...(p === phase ? [] : p.uniform)].flatMap((x) => x.inputs))
        .concat(results)
        .map((x) => placeOf(x).node),
    )
    const forever = readAfter(phase, results)
    const inPlace = movesInPlace(phase.varying, forever, (node) => isMappable(node) || isMove(node))
    const { pieces, whole } = piecesOf(phase.varying, inPlace)
    const done = new Set([...inPlace, ...whole])
    return {
      phase,
      uniform: fuse(phase.uniform, readLater, isMappable),
      varying: withJoins(
        fuse(phase.varying, new Set([...forever, ...pieces.keys()]), isMappable, done, canLead),
        phase.joins,
      ),
      inPlace,
      done,
      pieces,
    }
  })
  const workOf = (step: KernelStep, done: InPlace): Work => ({
    ...workOfKernel(step, done),
    room: roomOfStep(step, bodies, target),
  })
  const scratch = phases.map(({ phase, varying, done, pieces }) =>
    planScratch(
      [
        ...phase.loads.map((node): Work => ({ writes: [node], reads: [] })),
        ...varying.map((step) =>
          step.kind === 'join' ? { writes: [], reads: ownersOf(step.node.inputs) } : workOf(step, done),
        ),
      ],
      lasting(phase, results),
      (node) => varyingLengths(node).map((length, k) => (isRead(node, k) ? length : 0)),
      pieces,
    ),
  )
  // Uniform work has its room where the tiles, which come after it, have their scratch.
  const uniformRoom = Math.max(
    0,
    ...phases.flatMap(({ uniform: steps }) => steps.map((step) => roomOfStep(step, bodies, target))),
  )
  const rowOf = (phase: number, node: Node, output: number, element: number): number =>
    inScratch((1 + scratch[phase]!.offsets.get(node)![output]! + element) * row)
  const phaseOf = new Map(phases.flatMap(({ phase }, i) => phase.varying.map((node) => [node, i] as const)))
  const readAt = (x: Node, phase: number): number => {
    const { node, output, offset } = placeOf(x)
    return kindsOf(node)[output]!.varies
      ? rowOf(phase, node, output, offset)
      : uniform.offsets.get(node)![output]! + offset * word
  }
  const known = new Map<Node, readonly number[]>()
  const rowsFrom = (node: Node, phase: number): readonly number[] => {
    const { input, element } = elementsOf(node)
    const given = node.inputs.map((x) => rowsOf(x, phase) ?? offsetIn(readAt(x, phase)))
    return Array.from(input, (k, e) => {
      const from = given[k]
      // What is put in is 0, which the first row has.
      if (from === undefined) return 0
      return typeof from === 'number' ? from + element[e]! * row : from[element[e]!]!
    })
  }
  const rowsOf = (x: Node, phase: number): readonly number[] | undefined => {
    const { node, offset } = placeOf(x)
    if (!phases[phase]!.inPlace.has(node)) return undefined
    const rows = known.get(node) ?? rowsFrom(node, phase)
    known.set(node, rows)
    return rows.slice(offset, offset + sizeOf(x.shape))
  }
  const roomOf = (node: Node, phase: number): number => inScratch((1 + (scratch[phase]!.rooms.get(node) ?? 0)) * row)
  return {
    phases,
    rowsOf,
    readAt,
    addressOf: (node, output = 0) =>
      kindsOf(node)[output]!.varies ? rowOf(phaseOf.get(node)!, node, output, 0) : uniform.offsets.get(node)![output]!,
    loadedAt: (node, output, phase) => rowOf(phase, node, output, 0),
    roomOf,
    loop: (node, phase) => ({
      body: bodies.get(node)!,
      room: roomOf(node, phase),
      isRead: (output) => isRead(node, output),
    }),
    isRead,
    bytes: uniform.bytes,
    scratchBytes: (1 + Math.max(uniformRoom, ...scratch.map(({ size }) => size))) * row,
  }
}

const uniformOffsets = (
  plan: Plan,
  word: number,
  isRead: Layout['isRead'],
): { readonly offsets: ReadonlyMap<Node, readonly number[]>; readonly bytes: number } => {
  const offsets = new Map<Node, readonly number[]>()
  let bytes = 0
  for (const node of topologicalOrder([...plan.inputs, ...plan.results].map(({ value }) => value))) {
    if (placeOf(node).node !== node) continue
    offsets.set(
      node,
      kindsOf(node).map(({ shape, varies }, k) => {
        const at = bytes
        // A last vector may be read past the end.
        if (!varies && isRead(node, k)) bytes += Math.ceil((sizeOf(shape) * word) / VECTOR) * VECTOR
        return at
      }),
    )
  }
  return { offsets, bytes }
}
