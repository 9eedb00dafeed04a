import { planScratch, readAfter, workOf } from '../../compile/memory.ts'
import type { Phase } from '../../compile/phases.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type JoinKernel, joinKernel } from '../../tensor/lanes.ts'
import { type Kernel, kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import type { ReferenceRun } from './program.ts'
import type { KeptArrays, UniformArrays } from './storage.ts'

/** Lanes worked on at a time: few enough that a tile's values stay in cache. Fixed, so that sums are always grouped alike. */
const TILE = 64

/** A node with the arrays that it reads and writes. */
interface Step {
  readonly node: Node
  readonly kernel: Kernel
  readonly outputs: readonly Float64Array[]
  readonly inputs: readonly Float64Array[]
}
interface Joining {
  readonly node: Node
  readonly kernel: JoinKernel
  readonly inputs: readonly Float64Array[]
}
/** A phase's work on one tile of some number of lanes. */
interface Tile {
  readonly steps: readonly Step[]
  readonly joins: readonly Joining[]
  readonly arrays: (node: Node) => readonly Float64Array[]
}

export const preparePhase = (
  phase: Phase,
  results: readonly Node[],
  uniform: UniformArrays,
): ((kept: KeptArrays, run: ReferenceRun) => void) => {
  const kernels = new Map(phase.varying.map((node) => [node, node.operation.kernel(node)]))
  const joinKernels = new Map(phase.joins.map((node) => [node, joinKernel(node)]))
  const plan = planScratch(workOf(phase), readAfter(phase, results))
  const scratch = new Float64Array(plan.size * TILE)
  const uniformSteps = phase.uniform.map(
    (node): Step => ({
      node,
      kernel: node.operation.kernel(node),
      outputs: kindsOf(node).map((_, k) => uniform(node, k)),
      inputs: node.inputs.map((x) => uniform(x)),
    }),
  )

  const tileOf = (lanes: number): Tile => {
    const piece = (node: Node, output: number, offset: number, size: number): Float64Array => {
      const at = (plan.offsets.get(node)![output]! + offset) * lanes
      return scratch.subarray(at, at + size * lanes)
    }
    const read = (x: Node): Float64Array => {
      if (!x.varies) return uniform(x)
      const place = placeOf(x)
      return piece(place.node, place.output, place.offset, sizeOf(x.shape))
    }
    const arrays = (node: Node): readonly Float64Array[] =>
      kindsOf(node).map(({ shape, varies }, k) => (varies ? piece(node, k, 0, sizeOf(shape)) : uniform(node, k)))
    return {
      steps: phase.varying.map((node) => ({
        node,
        kernel: kernels.get(node)!,
        outputs: arrays(node),
        inputs: node.inputs.map(read),
      })),
      joins: phase.joins.map((node) => ({ node, kernel: joinKernels.get(node)!, inputs: node.inputs.map(read) })),
      arrays,
    }
  }
  const tiles = new Map<number, Tile>()

  return (kept, run) => {
    for (const step of uniformSteps) runStep(step, 1, run.offset, run)
    if (phase.varying.length === 0 && phase.joins.length === 0) return
    for (const node of phase.stores)
      kept.set(
        node,
        kindsOf(node).map(({ shape, varies }) => new Float64Array(varies ? sizeOf(shape) * run.lanes : 0)),
      )
    const states = phase.joins.map((node) => joinKernels.get(node)!.start())
    // What rounding errors of joins are measured by.
    const sizes = run.rounding && phase.joins.map((node) => joinKernels.get(node)!.start())
    for (let start = 0; start < run.lanes; start += TILE) {
      const lanes = Math.min(TILE, run.lanes - start)
      const tile = tiles.get(lanes) ?? tileOf(lanes)
      tiles.set(lanes, tile)
      for (const node of phase.loads)
        tile.arrays(node).forEach((into, k) => copyLanes(kept.get(node)![k]!, run.lanes, start, into, lanes, 0, lanes))
      for (const step of tile.steps) runStep(step, lanes, run.offset + start, run)
      tile.joins.forEach(({ kernel, inputs }, j) => {
        kernel.absorb(states[j]!, inputs, lanes)
        if (sizes)
          kernel.absorb(
            sizes[j]!,
            inputs.map((x) => x.map(Math.abs)),
            lanes,
          )
      })
      for (const node of phase.stores)
        tile.arrays(node).forEach((from, k) => copyLanes(from, lanes, 0, kept.get(node)![k]!, run.lanes, start, lanes))
    }
    phase.joins.forEach((node, j) => {
      const out = uniform(node)
      const kernel = joinKernels.get(node)!
      kernel.finish(states[j]!, out)
      if (!sizes || !run.rounding) return
      const terms = new Float64Array(out.length)
      kernel.magnitudes(states[j]!, sizes[j]!, terms)
      run.rounding(node, [out], [terms], run.lanes)
    })
  }
}

const runStep = ({ node, kernel, outputs, inputs }: Step, lanes: number, offset: number, run: ReferenceRun): void => {
  const began = run.times && performance.now()
  kernel(outputs, inputs, lanes, run.rounding ? { offset, after: run.rounding } : { offset })
  run.rounding?.(node, outputs, inputs, lanes)
  if (run.times) run.times.set(nameOf(node), (run.times.get(nameOf(node)) ?? 0) + performance.now() - began!)
}

const nameOf = (node: Node): string => `${node.operation.name} ${node.operation.show?.(node.attributes) ?? ''}`.trim()

/** Some lanes of every element from one array to another. */
const copyLanes = (
  from: Float64Array,
  fromLanes: number,
  fromStart: number,
  to: Float64Array,
  toLanes: number,
  toStart: number,
  lanes: number,
): void => {
  const size = fromLanes === 0 ? 0 : from.length / fromLanes
  for (let e = 0; e < size; e++) {
    const source = e * fromLanes + fromStart
    const target = e * toLanes + toStart
    for (let l = 0; l < lanes; l++) to[target + l] = from[source + l]!
  }
}
