import type { Plan } from '../../compile/plan.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { flops } from '../explain.ts'
import { constants } from './assembler/constants.ts'
import type { Func, Signature } from './assembler/function.ts'
import { type Line, linesOf, titleOf } from './explain.ts'
import { type Format, formatOf } from './format.ts'
import type { HostJoin } from './host.ts'
import type { Action, Addresses, Kernel } from './kernels/kernel.ts'
import { loadTile, storeTile } from './kernels/tile.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { Machine } from './machine.ts'
import type { EngineMemory } from './memory.ts'
import { moduleBytes } from './module.ts'
import { partOf, type Sequence, sequenceOf, shareOf } from './phaseCode.ts'
import { type Exports, instantiate } from './platform.ts'
import { RECORD, recordBytes } from './record.ts'
import { spaceOf } from './space.ts'
import { stagesOf } from './stages.ts'
import { bytesOf, joinTasks, merged, type Step, type Task, taskOf, timed } from './tasks.ts'
import { partName, type RunPart } from './threads/pool.ts'
import { ENTRY, LEAST_TILE, TILE } from './words.ts'

/** Uniform work, and how threads may share it out. */
export interface LinkedStage {
  readonly run: Step
  readonly share?: Share
}
export interface Share {
  /** By which threads know it, as they do phases. */
  readonly number: number
  readonly part: RunPart
  readonly flops: number
}

export interface LinkedPhase {
  readonly uniform: readonly LinkedStage[]
  /** All work on a tile, from loading it to adding its sums. */
  readonly tile: readonly Step[]
  /** All tiles of a part; undefined where the host has a share in them or steps are timed, so that one thread does all. */
  readonly part?: RunPart
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
  /** What is done once for each run, and what for each example. */
  readonly lines: { readonly run: readonly Line[]; readonly example: readonly Line[] }
  /** Of one example, for later phases and for the results. */
  readonly keptBytes: number
}

/** An array that is kept for all examples while a program runs, and the word of the record that has its address. */
export interface Kept {
  readonly node: Node
  readonly output: number
  readonly record: number
}

/** A program whose kernels are compiled and whose every value has its place. */
export interface Linked {
  readonly format: Format
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

/** Room for the vector constants of a program; more of them are written into the code. */
const CONSTANT_BYTES = 4096

/**
 * `mostScratch`: bytes that a thread may take before its tiles get smaller; `times`: milliseconds by kernel or operation
 * are added here.
 */
export const link = (
  plan: Plan,
  memory: EngineMemory,
  machine: Machine,
  mostScratch: number,
  times?: Map<string, number>,
): Linked => {
  const { format, layout } = fitting(plan, machine, mostScratch)
  const blocks: number[] = []
  const allocate = (bytes: number): number => {
    const address = memory.allocate(bytes)
    blocks.push(address)
    return address
  }
  const base = allocate(layout.bytes)
  const placed = (address: number): number => (spaceOf(address) === 'fixed' ? base + address : address)
  const addressesOf = (phase: number): Addresses => ({
    format,
    readAt: (x) => placed(layout.readAt(x, phase)),
    addressOf: (node, output) => placed(layout.addressOf(node, output)),
    table: (words) => {
      const address = allocate(words.length * ENTRY)
      memory.ints().set(words, address / ENTRY)
      return address
    },
    rowsOf: (x) => layout.rowsOf(x, phase),
    roomOf: (node) => layout.roomOf(node, phase),
    loop: (node) => layout.loop(node, phase),
  })
  const kept = keptOf(plan, layout)
  const record = allocate(recordBytes(kept.length))
  const onHost: string[] = []

  // All functions of the program are gathered first: they are one module.
  const functions: Record<string, Func<Signature, 'none'>> = {}
  const built = new Map<string, Func<Signature, 'none'>>()
  const functionOf = (kernel: Kernel): Func<Signature, 'none'> => {
    const known = built.get(kernel.key) ?? kernel.build(format)
    built.set(kernel.key, known)
    return known
  }
  let exports: Exports = {}
  let launches = 0
  let stages = 0
  const codeFor = (name: string, done: readonly Action[]): Sequence => {
    launches += launchesIn(done)
    return sequenceOf(name, done, record, functionOf)
  }
  /** Tasks as steps; neighbours that are launches become one function, unless their times are asked for. */
  const stepsOf = (name: string, timedAs: string, tasks: readonly Task[]): readonly Step[] =>
    (times ? tasks : merged(tasks)).map((task, i): Step => {
      const timeName = `${timedAs} ${titleOf(task)}`
      if ('host' in task) {
        onHost.push(task.title)
        return timed(times, timeName, task.host)
      }
      const key = `${name}_${i}`
      functions[key] = codeFor(key, task.actions) as unknown as Func<Signature, 'none'>
      return timed(times, timeName, ({ scratch, state, start, lanes }) => exports[key]!(scratch, state, start, lanes))
    })

  /** A stage is one function for all threads; what runs on the host, or is timed, is the caller's. */
  const linkedStages = (tasks: readonly Task[], timedAs: string): readonly LinkedStage[] => {
    const own = tasks.filter((task) => 'host' in task || times)
    const shared = tasks.flatMap((task) => ('actions' in task && !times ? [task.actions] : []))
    const alone = stepsOf(`uniform${stages++}`, timedAs, own).map((run) => ({ run }))
    if (shared.length === 0) return alone
    const number = layout.phases.length + stages++
    const name = partName(number)
    launches += launchesIn(shared.flat())
    functions[name] = shareOf(name, shared, record, functionOf) as unknown as Func<Signature, 'none'>
    const part: RunPart = (k, scratch) => exports[name]!(k, scratch)
    return [{ run: ({ scratch }) => part(0, scratch), share: { number, part, flops: flopsOf(tasks) } }, ...alone]
  }

  const phases = layout.phases.map(({ phase, uniform, varying }, p): LinkedPhase => {
    const at = addressesOf(p)
    const joins = joinTasks(phase.joins, at, memory)
    const moved = (
      nodes: readonly Node[],
      make: typeof loadTile,
      address: (node: Node, output: number) => number,
    ): readonly Task[] => {
      const own = kept
        .filter(({ node }) => nodes.includes(node))
        .map(({ node, output, record: word }) => make(kindsOf(node)[output]!, address(node, output), word))
      return own.length === 0
        ? []
        : [{ title: 'kept for all examples', flops: 0, bytes: bytesOf(nodes, format), actions: own }]
    }
    const tasks = [
      ...moved(phase.loads, loadTile, (node, output) => layout.loadedAt(node, output, p)),
      ...varying.map((step) => (step.kind === 'join' ? joins.absorb.get(step.node)! : taskOf(step, at, memory))),
      ...moved(phase.stores, storeTile, layout.addressOf),
    ]
    const [whole, ...others] = times ? [] : merged(tasks)
    const inStages = stagesOf(uniform).map((stage) => stage.map((step) => taskOf(step, at, memory)))
    const finish: readonly Task[] =
      joins.finish.length === 0
        ? []
        : [{ title: 'sums of parts', flops: 0, bytes: joins.stride, actions: joins.finish }]
    const [perRun, perExample] = [`${p} run`, `${p} example`]
    const shared = {
      lines: { run: linesOf([...inStages.flat(), ...finish]), example: linesOf(tasks) },
      keptBytes: bytesOf(phase.stores, format),
      uniform: inStages.flatMap((stage) => linkedStages(stage, perRun)),
      hostJoins: joins.onHost,
      finish: stepsOf(`finish${p}`, perRun, finish),
      hasTiles: tasks.length > 0,
      stride: joins.stride,
      flops: sumOf([...phase.varying, ...phase.joins]),
    }
    if (!whole || others.length > 0 || 'host' in whole)
      return { ...shared, tile: stepsOf(`tile${p}`, perExample, tasks) }
    const tile = codeFor(`tile${p}`, whole.actions)
    functions[partName(p)] = partOf(partName(p), tile, joins.stride, format, record) as unknown as Func<
      Signature,
      'none'
    >
    return { ...shared, tile: [], part: (part, scratch) => exports[partName(p)]!(part, scratch) }
  })

  const pool = constants({ at: allocate(CONSTANT_BYTES), bytes: CONSTANT_BYTES })
  const bytes = moduleBytes(functions, memory, pool)
  copied(pool.segment().bytes, pool.segment().at, memory)
  exports = instantiate(bytes, memory.memory, machine.platform)
  return {
    format,
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

/** As many lanes to a tile as fit. The tile depends on the program alone, not on how many examples it is run on. */
const fitting = (
  plan: Plan,
  { precision, ...kind }: Machine,
  most: number,
): { readonly format: Format; readonly layout: Layout } => {
  for (let tile = TILE; ; tile /= 2) {
    const format = formatOf(precision, kind, tile)
    const layout = layoutOf(plan, format)
    if (tile === LEAST_TILE || layout.scratchBytes <= most) return { format, layout }
  }
}

/** Inputs that vary, and what a phase computes for a later one or for the results. */
const keptOf = (plan: Plan, { isRead }: Layout): readonly Kept[] =>
  [
    ...plan.inputs.map(({ value }) => value).filter((node) => node.varies),
    ...plan.phases.flatMap((phase) => phase.stores),
  ]
    .flatMap((node) =>
      kindsOf(node).flatMap(({ varies }, output) => (varies && isRead(node, output) ? [{ node, output }] : [])),
    )
    .map((array, i) => ({ ...array, record: RECORD.kept + i }))

const sumOf = (nodes: readonly Node[]): number => nodes.reduce((sum, node) => sum + flops(node), 0)
const flopsOf = (tasks: readonly Task[]): number => tasks.reduce((sum, task) => sum + task.flops, 0)

/** Launches as they are written down: those in a loop once. */
const launchesIn = (actions: readonly Action[]): number =>
  actions.reduce((n, action) => n + ('turn' in action ? launchesIn(action.turn) : Number('kernel' in action)), 0)

const copied = (bytes: Uint8Array, address: number, memory: EngineMemory): number => {
  new Uint8Array(memory.memory.buffer).set(bytes, address)
  return address
}
