import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type ConstantAttributes, constantOperation } from '../../tensor/constant.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { countOperation } from '../../tensor/lanes.ts'
import { kindsOf, type Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { writeValue } from './host.ts'
import type { Linked, LinkedPhase } from './link.ts'
import type { EngineMemory } from './memory.ts'
import { TILE, WORD } from './words.ts'

/** Words of an array as they are in memory: bits of float32, integers, booleans as 0 or -1. */
export type Words = Int32Array

export interface WasmRun {
  readonly lanes: number
  /** Global index of the first lane. */
  readonly offset: number
}

/** The linked program as a function from the words of its inputs to those of its results, `[...shape]` or `[...shape, lanes]`. */
export const prepare = (
  plan: Plan,
  linked: Linked,
  memory: EngineMemory,
): ((inputs: readonly Words[], run: WasmRun) => readonly Words[]) => {
  const results = plan.results.map(({ value }) => value)
  const uniformOf = (x: Node): Words => {
    const at = linked.readAt(x) / WORD
    return memory.ints().subarray(at, at + sizeOf(x.shape))
  }
  const order = topologicalOrder(results)
  for (const node of order)
    if (node.operation === (constantOperation as Operation))
      writeValue(memory, linked.addressOf(node), node, (node.attributes as ConstantAttributes).data, 1)
  const counts = order.filter((node) => node.operation === (countOperation as Operation))

  return (inputs, run) => {
    const kept = new Map<Node, readonly Words[]>()
    plan.inputs.forEach(({ value: node }, i) => {
      if (node.varies) kept.set(node, [inputs[i]!])
      else uniformOf(node).set(inputs[i]!)
    })
    for (const node of counts) writeValue(memory, linked.addressOf(node), node, Float64Array.of(run.lanes), 1)
    for (const phase of linked.phases) runPhase(phase, kept, run, memory)
    return results.map((node) => {
      if (!node.varies) return uniformOf(node).slice()
      const place = placeOf(node)
      const from = place.offset * run.lanes
      return kept.get(place.node)![place.output]!.slice(from, from + sizeOf(node.shape) * run.lanes)
    })
  }
}

const runPhase = (phase: LinkedPhase, kept: Map<Node, readonly Words[]>, run: WasmRun, memory: EngineMemory): void => {
  for (const step of phase.uniform) step(1, run.offset)
  if (phase.varying.length === 0 && phase.joins.length === 0) return
  for (const { node } of phase.stores)
    kept.set(
      node,
      kindsOf(node).map(({ shape, varies }) => new Int32Array(varies ? sizeOf(shape) * run.lanes : 0)),
    )
  for (const join of phase.joins) join.start()
  for (let start = 0; start < run.lanes; start += TILE) {
    const lanes = Math.min(TILE, run.lanes - start)
    for (const { node, output, address } of phase.loads)
      load(memory.ints(), address, kept.get(node)![output]!, run.lanes, start, lanes)
    for (const step of phase.varying) step(lanes, run.offset + start)
    for (const join of phase.joins) join.absorb(lanes)
    for (const { node, output, address } of phase.stores)
      store(memory.ints(), address, kept.get(node)![output]!, run.lanes, start, lanes)
  }
  for (const join of phase.joins) join.finish(run.lanes)
}

/** Some lanes of every element into scratch; the tile is filled up with the last of them, a valid lane. */
const load = (words: Int32Array, address: number, from: Words, count: number, start: number, lanes: number): void => {
  const size = from.length / count
  for (let e = 0; e < size; e++) {
    const source = e * count + start
    const target = address / WORD + e * TILE
    for (let l = 0; l < TILE; l++) words[target + l] = from[source + (l < lanes ? l : lanes - 1)]!
  }
}

const store = (words: Int32Array, address: number, to: Words, count: number, start: number, lanes: number): void => {
  const size = to.length / count
  for (let e = 0; e < size; e++) {
    const source = address / WORD + e * TILE
    const target = e * count + start
    for (let l = 0; l < lanes; l++) to[target + l] = words[source + l]!
  }
}
