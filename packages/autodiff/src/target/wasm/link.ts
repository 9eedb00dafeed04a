import type { KernelStep } from '../../compile/fuse.ts'
import type { Plan } from '../../compile/plan.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { flops } from '../explain.ts'
import type { Func, Signature } from './assembler/function.ts'
import { type HostJoin, hostJoin, hostStep } from './host.ts'
import { stateBytes, sumJoin } from './kernels/join.ts'
import type { Addresses, Kernel, Launch } from './kernels/kernel.ts'
import { launchesOf } from './kernels/select.ts'
import { loadTile, storeTile } from './kernels/tile.ts'
import { layoutOf } from './layout.ts'
import type { Machine } from './machine.ts'
import type { EngineMemory } from './memory.ts'
import { moduleBytes } from './module.ts'
import { partOf, type Sequence, sequenceOf } from './phaseCode.ts'
import { instantiate } from './platform.ts'
import { RECORD, recordBytes } from './record.ts'
import { spaceOf } from './space.ts'
import { partName } from './threads/pool.ts'
import { WORD } from './words.ts'

/** Where a step works: bases of what belongs to the runner, the tile's first lane in the run and among all examples. */
export interface Place {
  readonly scratch: number
  readonly state: number
  readonly start: number
  readonly lanes: number
  readonly offset: number
}
/** Work on one tile, or uniform work (`lanes` is then 1). */
export type Step = (at: Place) => void

export interface LinkedPhase {
  readonly uniform: readonly Step[]
  /** All work on a tile, from loading it to adding its sums. */
  readonly tile: readonly Step[]
  /** All tiles of a part; undefined where the host has a share in them or steps are timed, so that one thread does all. */
  readonly part?: (part: number, scratch: number) => void
  /** Joins on the host, which absorb tile by tile in order. */
  readonly hostJoins: readonly HostJoin[]
  /** Sums of the parts made one. */
  readonly finish: readonly Step[]
  /** Whether there is any work on tiles. */
  readonly hasTiles: boolean
  /** Bytes of the sums of one part. */
  readonly stride: number
  /** Of one example. */
  readonly flops: number
}

/** An array that is kept for all examples while a program runs, and the word of the record that has its address. */
export interface Kept {
  readonly node: Node
  readonly output: number
  readonly record: number
}

/** A program whose kernels are compiled and whose every value has its place. */
export interface Linked {
  readonly phases: readonly LinkedPhase[]
  readonly kept: readonly Kept[]
  /** Address of the run's record. */
  readonly record: number
  /** Addresses of uniform values, as they are written and as they are read. */
  addressOf(node: Node): number
  readAt(x: Node): number
  /** Operations that run on the host, in the order of the program. */
  readonly onHost: readonly string[]
  readonly launches: number
  readonly kernels: number
  readonly bytes: number
  readonly scratchBytes: number
  /** Of the module, for other threads; where no others see the memory, nothing. */
  readonly code?: { readonly address: number; readonly bytes: number }
  dispose(): void
}

/** One thing to do, by kernels or by the host. */
type Task = { readonly title: string } & ({ readonly launches: readonly Launch[] } | { readonly host: Step })

/** `times`: milliseconds by kernel or operation are added here. */
export const link = (plan: Plan, memory: EngineMemory, machine: Machine, times?: Map<string, number>): Linked => {
  const layout = layoutOf(plan)
  const blocks: number[] = []
  const allocate = (bytes: number): number => {
    const address = memory.allocate(bytes)
    blocks.push(address)
    return address
  }
  const base = allocate(layout.bytes)
  const placed = (address: number): number => (spaceOf(address) === 'fixed' ? base + address : address)
  const addressesOf = (phase: number): Addresses => ({
    fma: machine.fma,
    readAt: (x) => placed(layout.readAt(x, phase)),
    addressOf: (node, output) => placed(layout.addressOf(node, output)),
    table: (words) => {
      const address = allocate(words.length * WORD)
      memory.ints().set(words, address / WORD)
      return address
    },
  })
  const kept = keptOf(plan)
  const record = allocate(recordBytes(kept.length))
  const onHost: string[] = []
  let launches = 0

  const taskOf = (step: KernelStep, at: Addresses): Task => {
    const found = launchesOf(step, at)
    if (found) return { title: titleOf(step), launches: found }
    const { node } = step as Extract<KernelStep, { readonly kind: 'node' }>
    onHost.push(nameOf(node))
    const host = hostStep(
      node,
      node.inputs.map(at.readAt),
      kindsOf(node).map((_, k) => at.addressOf(node, k)),
      memory,
    )
    return { title: `host: ${nameOf(node)}`, host: ({ lanes, offset, scratch }) => host(lanes, offset, scratch) }
  }
  const joinsOf = (nodes: readonly Node[], at: Addresses) => {
    const sizes = nodes.map(stateBytes)
    const stride = sizes.reduce((sum, bytes) => sum + bytes, 0)
    const absorb: Task[] = []
    const finish: Launch[] = []
    const hostJoins: HostJoin[] = []
    nodes.forEach((node, i) => {
      const offset = sizes.slice(0, i).reduce((sum, bytes) => sum + bytes, 0)
      const sum = sumJoin(node, offset, stride, at)
      const title = `over lanes: ${nameOf(node)}`
      if (sum) {
        absorb.push({ title, launches: sum.absorb })
        finish.push(sum.finish)
        return
      }
      onHost.push(nameOf(node))
      const host = hostJoin(node, node.inputs.map(at.readAt), at.addressOf(node), memory)
      hostJoins.push(host)
      absorb.push({ title: `host: ${title}`, host: ({ lanes, scratch }) => host.absorb(lanes, scratch) })
    })
    return { stride, absorb, finish, hostJoins }
  }

  // All functions of the program are gathered first: they are one module.
  const functions: Record<string, Func<Signature, 'none'>> = {}
  const built = new Map<string, Func<Signature, 'none'>>()
  const functionOf = (kernel: Kernel): Func<Signature, 'none'> => {
    const known = built.get(kernel.key) ?? kernel.build()
    built.set(kernel.key, known)
    return known
  }
  let exports: ReturnType<typeof instantiate> = {}
  const codeFor = (name: string, done: readonly Launch[]): Sequence => {
    launches += done.length
    return sequenceOf(name, done, record, functionOf)
  }
  /** Tasks as steps; neighbours that are launches become one function, unless their times are asked for. */
  const stepsOf = (name: string, tasks: readonly Task[]): readonly Step[] =>
    (times ? tasks : merged(tasks)).map((task, i): Step => {
      if ('host' in task) return timed(times, task.title, task.host)
      const key = `${name}_${i}`
      functions[key] = codeFor(key, task.launches) as unknown as Func<Signature, 'none'>
      return timed(times, task.title, ({ scratch, state, start, lanes }) => exports[key]!(scratch, state, start, lanes))
    })

  const phases = layout.phases.map(({ phase, uniform, varying }, p): LinkedPhase => {
    const at = addressesOf(p)
    const joins = joinsOf(phase.joins, at)
    const moved = (
      nodes: readonly Node[],
      make: typeof loadTile,
      address: (node: Node, output: number) => number,
    ): readonly Task[] => {
      const own = kept
        .filter(({ node }) => nodes.includes(node))
        .map(({ node, output, record: word }) => make(kindsOf(node)[output]!, address(node, output), word))
      return own.length === 0 ? [] : [{ title: 'kept for all examples', launches: own }]
    }
    const tasks = [
      ...moved(phase.loads, loadTile, (node, output) => layout.loadedAt(node, output, p)),
      ...varying.map((step) => taskOf(step, at)),
      ...joins.absorb,
      ...moved(phase.stores, storeTile, layout.addressOf),
    ]
    const [whole, ...others] = times ? [] : merged(tasks)
    const shared = {
      uniform: stepsOf(
        `uniform${p}`,
        uniform.map((step) => taskOf(step, at)),
      ),
      hostJoins: joins.hostJoins,
      finish: stepsOf(
        `finish${p}`,
        joins.finish.length === 0 ? [] : [{ title: 'sums of parts', launches: joins.finish }],
      ),
      hasTiles: tasks.length > 0,
      stride: joins.stride,
      flops: [...phase.varying, ...phase.joins].reduce((sum, node) => sum + flops(node), 0),
    }
    if (!whole || others.length > 0 || 'host' in whole) return { ...shared, tile: stepsOf(`tile${p}`, tasks) }
    const tile = codeFor(`tile${p}`, whole.launches)
    functions[partName(p)] = partOf(partName(p), tile, joins.stride, record) as unknown as Func<Signature, 'none'>
    return { ...shared, tile: [], part: (part, scratch) => exports[partName(p)]!(part, scratch) }
  })

  const bytes = moduleBytes(functions, memory)
  exports = instantiate(bytes, memory.memory, machine.platform)
  return {
    phases,
    kept,
    record,
    addressOf: (node) => base + layout.addressOf(node),
    readAt: (x) => base + layout.readAt(x, 0),
    onHost,
    launches,
    kernels: built.size,
    bytes: layout.bytes,
    scratchBytes: layout.scratchBytes,
    ...(memory.shared && { code: { address: copied(bytes, allocate(bytes.length), memory), bytes: bytes.length } }),
    dispose: () => {
      for (const address of blocks.splice(0)) memory.release(address)
    },
  }
}

/** Inputs that vary, and what a phase computes for a later one or for the results. */
const keptOf = (plan: Plan): readonly Kept[] =>
  [
    ...plan.inputs.map(({ value }) => value).filter((node) => node.varies),
    ...plan.phases.flatMap((phase) => phase.stores),
  ]
    .flatMap((node) => kindsOf(node).flatMap(({ varies }, output) => (varies ? [{ node, output }] : [])))
    .map((array, i) => ({ ...array, record: RECORD.kept + i }))

const copied = (bytes: Uint8Array, address: number, memory: EngineMemory): number => {
  new Uint8Array(memory.memory.buffer).set(bytes, address)
  return address
}

/** Neighbours that are launches as one. */
const merged = (tasks: readonly Task[]): readonly Task[] => {
  const whole: Task[] = []
  for (const task of tasks) {
    const last = whole.at(-1)
    if (last && 'launches' in last && 'launches' in task)
      whole[whole.length - 1] = { ...last, launches: last.launches.concat(task.launches) }
    else whole.push(task)
  }
  return whole
}

/** The step with its time added under a name, where times are wanted. */
const timed = (times: Map<string, number> | undefined, name: string, step: Step): Step => {
  if (!times) return step
  return (at) => {
    const began = performance.now()
    step(at)
    times.set(name, (times.get(name) ?? 0) + performance.now() - began)
  }
}

const titleOf = (step: KernelStep): string =>
  step.kind === 'node' ? nameOf(step.node) : `${step.nodes.length} element-wise over [${step.shape.join(', ')}]`

const nameOf = (node: Node): string => `${node.operation.name} ${node.operation.show?.(node.attributes) ?? ''}`.trim()
