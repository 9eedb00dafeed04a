import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type ConstantAttributes, constantOperation } from '../../tensor/constant.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { countOperation } from '../../tensor/lanes.ts'
import { kindsOf, type Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { writeValue } from './host.ts'
import type { Kept, Linked, LinkedPhase } from './link.ts'
import type { EngineMemory } from './memory.ts'
import { RECORD } from './record.ts'
import type { Pool } from './threads/pool.ts'
import { TILE, WORD } from './words.ts'

/** Words of an array as they are in memory: bits of float32, integers, booleans as 0 or -1. */
export type Words = Int32Array

export interface WasmRun {
  readonly lanes: number
  /** Global index of the first lane. */
  readonly offset: number
}

/**
 * The linked program as a function from the words of its inputs to those of its results, `[...shape]` or
 * `[...shape, lanes]`. Phases of at least `worth` operations are shared out to threads.
 */
export const prepare = (
  plan: Plan,
  linked: Linked,
  memory: EngineMemory,
  pool: Pool,
  worth: number,
): ((inputs: readonly Words[], run: WasmRun) => readonly Words[]) => {
  const results = plan.results.map(({ value }) => value)
  const wordsAt = (address: number, count: number): Words =>
    memory.ints().subarray(address / WORD, address / WORD + count)
  const uniformOf = (x: Node): Words => wordsAt(linked.readAt(x), sizeOf(x.shape))
  const order = topologicalOrder(results)
  for (const node of order)
    if (node.operation === (constantOperation as Operation))
      writeValue(memory, linked.addressOf(node), node, (node.attributes as ConstantAttributes).data, 1)
  const counts = order.filter((node) => node.operation === (countOperation as Operation))
  const program = programs++

  return (inputs, run) => {
    const held: number[] = []
    const allocate = (bytes: number): number => {
      held.push(memory.allocate(bytes))
      return held.at(-1)!
    }
    const wordsOf = ({ node, output }: Kept): number => sizeOf(kindsOf(node)[output]!.shape) * run.lanes
    try {
      const at = new Map(linked.kept.map((array) => [array, allocate(wordsOf(array) * WORD)]))
      const find = (node: Node, output: number): Kept =>
        linked.kept.find((array) => array.node === node && array.output === output)!
      const record = (word: number, value: number): void => {
        memory.ints()[linked.record / WORD + word] = value
      }
      record(RECORD.count, run.lanes)
      record(RECORD.first, run.offset)
      for (const [array, address] of at) record(array.record, address)
      plan.inputs.forEach(({ value: node }, i) => {
        const to = node.varies ? wordsAt(at.get(find(node, 0))!, inputs[i]!.length) : uniformOf(node)
        to.set(inputs[i]!)
      })
      for (const node of counts) writeValue(memory, linked.addressOf(node), node, Float64Array.of(run.lanes), 1)
      linked.phases.forEach((phase, i) => {
        runPhase(phase, i)
      })
      return results.map((node) => {
        if (!node.varies) return uniformOf(node).slice()
        const place = placeOf(node)
        const from = at.get(find(place.node, place.output))! + place.offset * run.lanes * WORD
        return wordsAt(from, sizeOf(node.shape) * run.lanes).slice()
      })

      function runPhase(phase: LinkedPhase, number: number): void {
        const scratch = pool.scratch(linked.scratchBytes)
        for (const step of phase.uniform) step({ scratch, state: 0, start: 0, lanes: 1, offset: run.offset })
        if (!phase.hasTiles) return
        const { parts, tiles } = sharesOf(Math.ceil(run.lanes / TILE), phase.stride)
        const states = phase.stride > 0 ? allocate(parts * phase.stride) : 0
        record(RECORD.tiles, tiles)
        record(RECORD.parts, parts)
        record(RECORD.states, states)
        for (const join of phase.hostJoins) join.start()
        const { part: whole } = phase
        if (whole && linked.code && parts > 1 && phase.flops * run.lanes >= worth)
          pool.run(
            { program, codeAddress: linked.code.address, codeBytes: linked.code.bytes, phase: number, parts },
            linked.scratchBytes,
            whole,
          )
        else
          for (let part = 0; part < parts; part++) {
            if (whole) whole(part, scratch)
            else runTiles(phase, part, tiles, states + part * phase.stride, scratch)
          }
        for (const step of phase.finish) step({ scratch, state: 0, start: 0, lanes: 1, offset: run.offset })
        for (const join of phase.hostJoins) join.finish()
        if (states > 0) memory.release(held.pop()!)
      }

      /** The tiles of a part step by step, where the host has a share in them. */
      function runTiles(phase: LinkedPhase, part: number, tiles: number, state: number, scratch: number): void {
        wordsAt(state, phase.stride / WORD).fill(0)
        const end = Math.min(run.lanes, (part + 1) * tiles * TILE)
        for (let start = part * tiles * TILE; start < end; start += TILE) {
          const place = { scratch, state, start, lanes: Math.min(TILE, end - start), offset: run.offset + start }
          for (const step of phase.tile) step(place)
        }
      }
    } finally {
      for (const address of held) memory.release(address)
    }
  }
}

/** Programs of all engines are numbered, so that a thread knows one again. */
let programs = 0

/** Sums that are many: more copies of them would no longer stay in the cache. */
const LARGE = 2 ** 18

/**
 * How many parts a phase's tiles are cut into, and the tiles in each. It depends on the program and the number of
 * examples alone, not on the threads, for sums are added up within each part and then over the parts.
 */
export const sharesOf = (tiles: number, stride: number): { readonly parts: number; readonly tiles: number } => {
  const most = stride === 0 ? 64 : stride <= LARGE ? 8 : 4
  const each = Math.ceil(tiles / most)
  return { parts: Math.ceil(tiles / each), tiles: each }
}
