import type { Plan } from '../../compile/plan.ts'
import { placeOf } from '../../compile/views.ts'
import { sizeOf } from '../../shape.ts'
import { type ConstantAttributes, constantOperation } from '../../tensor/constant.ts'
import { topologicalOrder } from '../../tensor/graph.ts'
import { countOperation } from '../../tensor/lanes.ts'
import { kindsOf, type Operation } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import type { Arrays, Held } from './arrays.ts'
import { writeValue } from './host.ts'
import type { Linked, LinkedPhase, LinkedStage } from './linked.ts'
import type { EngineMemory } from './memory.ts'
import { RECORD } from './record.ts'
import type { Pool } from './threads/pool.ts'
import type { Words } from './values.ts'
import { ENTRY } from './words.ts'

export interface WasmRun {
  readonly lanes: number
  /** Global index of the first lane. */
  readonly offset: number
}

/**
 * The linked program as a function from its inputs to its results, `[...shape]` or `[...shape, lanes]`. Phases of at
 * least `worth` operations are shared out to threads.
 */
export const prepare = (
  plan: Plan,
  linked: Linked,
  memory: EngineMemory,
  arrays: Arrays,
  pool: Pool,
  worth: number,
): ((inputs: readonly Held[], run: WasmRun) => readonly Held[]) => {
  const { format } = linked
  /** 32-bit pieces of a number. */
  const pieces = format.word / 4
  const wordsAt = (address: number, count: number): Words => memory.ints().subarray(address / 4, address / 4 + count)
  const order = topologicalOrder(plan.results.map(({ value }) => value))
  for (const node of order)
    if (node.operation === (constantOperation as Operation))
      writeValue(memory, format, linked.addressOf(node), node, (node.attributes as ConstantAttributes).data, 1)
  const counts = order.filter((node) => node.operation === (countOperation as Operation))
  const keptAt = (node: Node, output: number): number =>
    linked.kept.findIndex((array) => array.node === node && array.output === output)
  const inputs = plan.inputs.map(({ value: x }): { kept: number } | { address: number; size: number } =>
    x.varies ? { kept: keptAt(x, 0) } : { address: linked.readAt(x), size: sizeOf(x.shape) * pieces },
  )
  const results = plan.results.map(({ value: x }) => {
    const size = sizeOf(x.shape)
    if (!x.varies) return { size, address: linked.readAt(x) }
    const { node, output, offset } = placeOf(x)
    return { size, kept: keptAt(node, output), offset }
  })
  /** Whether no later result reads the same kept array. */
  const isLast = (result: (typeof results)[number]): boolean =>
    results.findLast((other) => other.kept === result.kept) === result
  const sizes = linked.kept.map(({ node, output }) => sizeOf(kindsOf(node)[output]!.shape))
  const program = programs++

  return (given, run) => {
    const held = new Set<number>()
    const allocate = (bytes: number): number => {
      const address = memory.allocate(bytes)
      held.add(address)
      return address
    }
    const release = (address: number): void => {
      held.delete(address)
      memory.release(address)
    }
    const record = (word: number, value: number): void => {
      memory.ints()[linked.record / ENTRY + word] = value
    }
    try {
      const kept = new Map<number, number>()
      inputs.forEach((input, i) => {
        const { place, length } = given[i]!
        if ('address' in input) arrays.put(given[i]!, input.address)
        else if ('address' in place) kept.set(input.kept, place.address)
        else {
          const address = allocate(length * 4)
          arrays.put(given[i]!, address)
          kept.set(input.kept, address)
        }
      })
      sizes.forEach((size, k) => {
        if (!kept.has(k)) kept.set(k, allocate(size * run.lanes * format.word))
        record(linked.kept[k]!.record, kept.get(k)!)
      })
      record(RECORD.count, run.lanes)
      record(RECORD.first, run.offset)
      for (const node of counts) writeValue(memory, format, linked.addressOf(node), node, Float64Array.of(run.lanes), 1)
      linked.phases.forEach((phase, i) => {
        runPhase(phase, i)
      })
      return results.map((result) => {
        if (result.kept === undefined) return arrays.copy(result.address!, result.size * pieces)
        const address = kept.get(result.kept)!
        const length = result.size * run.lanes * pieces
        // A whole array that nothing else needs any more is handed over as it is.
        if (held.has(address) && isLast(result) && result.size === sizes[result.kept]) {
          held.delete(address)
          return arrays.adopt(address, length)
        }
        return arrays.copy(address + result.offset * run.lanes * format.word, length)
      })

      function runPhase(phase: LinkedPhase, number: number): void {
        const scratch = pool.scratch(linked.scratchBytes)
        for (const stage of phase.uniform) runStage(stage, scratch)
        if (!phase.hasTiles) return
        const { parts, tiles } = sharesOf(Math.ceil(run.lanes / format.tile), phase.stride)
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
        if (states > 0) release(states)
      }

      function runStage({ run: step, share }: LinkedStage, scratch: number): void {
        const parts = share && linked.code && pool.threads > 1 && share.flops >= worth ? SHARES * pool.threads : 1
        record(RECORD.parts, parts)
        if (parts === 1) step({ scratch, state: 0, start: 0, lanes: 1, offset: run.offset })
        else
          pool.run(
            { program, codeAddress: linked.code!.address, codeBytes: linked.code!.bytes, phase: share!.number, parts },
            linked.scratchBytes,
            share!.part,
          )
      }

      /** The tiles of a part step by step, where the host has a share in them. */
      function runTiles(phase: LinkedPhase, part: number, tiles: number, state: number, scratch: number): void {
        wordsAt(state, phase.stride / 4).fill(0)
        wordsAt(scratch, format.row / 4).fill(0)
        const end = Math.min(run.lanes, (part + 1) * tiles * format.tile)
        for (let start = part * tiles * format.tile; start < end; start += format.tile) {
          const place = { scratch, state, start, lanes: Math.min(format.tile, end - start), offset: run.offset + start }
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

/** Shares of uniform work for each thread: whoever is early takes another one. */
const SHARES = 2

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
