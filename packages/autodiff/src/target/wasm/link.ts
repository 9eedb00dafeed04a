import type { KernelStep } from '../../compile/fuse.ts'
import type { Plan } from '../../compile/plan.ts'
import { sizeOf } from '../../shape.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { type HostJoin, hostJoin, hostStep } from './host.ts'
import { sumJoin } from './kernels/join.ts'
import type { Addresses, Launch } from './kernels/kernel.ts'
import { launchesOf } from './kernels/select.ts'
import { layoutOf } from './layout.ts'
import type { Machine } from './machine.ts'
import type { EngineMemory } from './memory.ts'
import { instantiate, type Run } from './module.ts'
import { VECTOR, WORD } from './words.ts'

/** Work on one tile, or uniform work (`lanes` is then 1); `offset` is the global index of the first lane. */
export type Step = (lanes: number, offset: number) => void

export interface LinkedJoin {
  start(): void
  absorb(lanes: number): void
  finish(count: number): void
}

/** A varying result in scratch, and the node whose kept array it is copied from or to. */
export interface Slot {
  readonly node: Node
  readonly output: number
  readonly address: number
}

export interface LinkedPhase {
  readonly uniform: readonly Step[]
  readonly varying: readonly Step[]
  readonly joins: readonly LinkedJoin[]
  readonly loads: readonly Slot[]
  readonly stores: readonly Slot[]
}

/** A program whose kernels are compiled and whose every value has its place in the engine's memory. */
export interface Linked {
  readonly phases: readonly LinkedPhase[]
  addressOf(node: Node, output?: number): number
  /** Address of a uniform value as it is read. */
  readAt(x: Node): number
  /** Operations that run on the host, in the order of the program. */
  readonly onHost: readonly string[]
  readonly launches: number
  readonly kernels: number
  readonly bytes: number
  dispose(): void
}

/** `times`: milliseconds by kernel or operation are added here. */
export const link = (plan: Plan, memory: EngineMemory, machine: Machine, times?: Map<string, number>): Linked => {
  const layout = layoutOf(plan)
  const base = memory.allocate(layout.bytes)
  const blocks: number[] = [base]
  const allocate = (bytes: number): number => {
    const address = memory.allocate(bytes)
    blocks.push(address)
    return address
  }
  const addressesOf = (phase: number): Addresses => ({
    fma: machine.fma,
    readAt: (x) => base + layout.readAt(x, phase),
    addressOf: (node, output) => base + layout.addressOf(node, output),
    table: (words) => {
      const address = allocate(words.length * WORD)
      memory.ints().set(words, address / WORD)
      return address
    },
  })

  // Launches of the whole program are gathered first: one module has the kernels of all of them.
  const gathered: Launch[] = []
  const onHost: string[] = []
  /** Where launches stand in the list of all; bound to their code once that is compiled. */
  const later = (launches: readonly Launch[]): (() => readonly Run[]) => {
    const start = gathered.length
    gathered.push(...launches)
    return () => runs.slice(start, start + launches.length)
  }
  const stepOf = (step: KernelStep, at: Addresses): (() => Step) => {
    const launches = launchesOf(step, at)
    if (!launches) {
      const { node } = step as Extract<KernelStep, { readonly kind: 'node' }>
      onHost.push(nameOf(node))
      const host = hostStep(
        node,
        node.inputs.map(at.readAt),
        kindsOf(node).map((_, k) => at.addressOf(node, k)),
        memory,
      )
      return () => timed(times, `host: ${nameOf(node)}`, host)
    }
    const bound = later(launches)
    return () => timed(times, titleOf(step), inTurn(bound()))
  }
  const joinOf = (node: Node, at: Addresses): (() => LinkedJoin) => {
    const size = sizeOf(node.shape)
    const state = allocate(Math.ceil((size * WORD) / VECTOR) * VECTOR)
    const sum = sumJoin(node, state, at)
    const out = at.addressOf(node)
    if (!sum) {
      onHost.push(nameOf(node))
      const host: HostJoin = hostJoin(node, node.inputs.map(at.readAt), out, memory)
      return () => host
    }
    const bound = later(sum.absorb)
    return () => {
      const absorb = timed(times, `over lanes: ${nameOf(node)}`, inTurn(bound()))
      const words = (from: number): Float32Array => memory.floats().subarray(from / WORD, from / WORD + size)
      return {
        start: () => words(state).fill(0),
        absorb: (lanes) => absorb(lanes, 0),
        finish: (count) => {
          const target = words(out)
          target.set(words(state))
          if (sum.mean) for (let e = 0; e < size; e++) target[e]! /= count
        },
      }
    }
  }

  const prepared = layout.phases.map(({ phase, uniform, varying }, p) => {
    const at = addressesOf(p)
    const slots = (nodes: readonly Node[], address: (node: Node, output: number) => number): readonly Slot[] =>
      nodes.flatMap((node) =>
        kindsOf(node).flatMap(({ varies }, output) =>
          varies ? [{ node, output, address: address(node, output) }] : [],
        ),
      )
    return {
      uniform: uniform.map((step) => stepOf(step, at)),
      varying: varying.map((step) => stepOf(step, at)),
      joins: phase.joins.map((node) => joinOf(node, at)),
      loads: slots(phase.loads, (node, output) => base + layout.loadedAt(node, output, p)),
      stores: slots(phase.stores, at.addressOf),
    }
  })
  const runs = instantiate(gathered, memory, machine.platform)
  const now = <T>(make: readonly (() => T)[]): readonly T[] => make.map((f) => f())
  return {
    phases: prepared.map(({ uniform, varying, joins, ...slots }) => ({
      ...slots,
      uniform: now(uniform),
      varying: now(varying),
      joins: now(joins),
    })),
    addressOf: (node, output) => base + layout.addressOf(node, output),
    readAt: (x) => base + layout.readAt(x, 0),
    onHost,
    launches: gathered.length,
    kernels: new Set(gathered.map(({ kernel }) => kernel.key)).size,
    bytes: layout.bytes,
    dispose: () => {
      for (const address of blocks.splice(0)) memory.release(address)
    },
  }
}

const inTurn = (runs: readonly Run[]): Step => {
  const [only] = runs
  if (runs.length === 1) return only!
  return (lanes) => {
    for (const run of runs) run(lanes)
  }
}

/** The step with its time added under a name, where times are wanted. */
const timed = (times: Map<string, number> | undefined, name: string, step: Step): Step => {
  if (!times) return step
  return (lanes, offset) => {
    const began = performance.now()
    step(lanes, offset)
    times.set(name, (times.get(name) ?? 0) + performance.now() - began)
  }
}

const titleOf = (step: KernelStep): string =>
  step.kind === 'node' ? nameOf(step.node) : `${step.nodes.length} element-wise over [${step.shape.join(', ')}]`

const nameOf = (node: Node): string => `${node.operation.name} ${node.operation.show?.(node.attributes) ?? ''}`.trim()
