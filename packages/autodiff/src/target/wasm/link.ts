import type { Plan } from '../../compile/plan.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { flops } from '../explain.ts'
import { linesOf, titleOf } from './explain.ts'
import { type Format, formatOf } from './format.ts'
import type { Addresses } from './kernels/kernel.ts'
import { loadTile, storeTile } from './kernels/tile.ts'
import { type KernelPhase, type Layout, layoutOf } from './layout.ts'
import type { Kept, Linked, LinkedPhase, LinkedStage } from './linked.ts'
import type { Machine } from './machine.ts'
import type { EngineMemory } from './memory.ts'
import { type ProgramCode, programCode } from './programCode.ts'
import { RECORD, recordBytes } from './record.ts'
import { spaceOf } from './space.ts'
import { stagesOf } from './stages.ts'
import { bytesOf, joinTasks, merged, type Step, type Task, taskOf, timed } from './tasks.ts'
import { ENTRY, LEAST_TILE, TILE } from './words.ts'

/**
 * A plan with its kernels compiled and every value in its place. `mostScratch`: bytes that a thread may take before its
 * tiles get smaller; `times`: milliseconds by kernel or operation are added here.
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
  const code = programCode(format, record, memory, allocate, machine.platform)
  const onHost: string[] = []
  const linkPhase = phaseLinker({ layout, memory, code, kept, format, onHost, times })
  const phases = layout.phases.map((phase, number) => linkPhase(phase, number, addressesOf(number)))
  const bytes = code.finish()
  const forThreads = (): NonNullable<Linked['code']> => {
    const address = allocate(bytes.length)
    new Uint8Array(memory.memory.buffer).set(bytes, address)
    return { address, bytes: bytes.length }
  }
  return {
    format,
    phases,
    kept,
    record,
    addressOf: (node) => base + layout.addressOf(node),
    readAt: (x) => base + layout.readAt(x, 0),
    onHost,
    launches: code.launches(),
    kernels: code.kernels(),
    bytes: layout.bytes,
    scratchBytes: layout.scratchBytes,
    ...(memory.shared && { code: forThreads() }),
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

interface Linking {
  readonly layout: Layout
  readonly memory: EngineMemory
  readonly code: ProgramCode
  readonly kept: readonly Kept[]
  readonly format: Format
  /** Takes the names of what has no kernel. */
  readonly onHost: string[]
  readonly times: Map<string, number> | undefined
}

const phaseLinker = ({ layout, memory, code, kept, format, onHost, times }: Linking) => {
  let stages = 0

  /** Tasks as steps; neighbours that are launches become one function, unless their times are asked for. */
  const stepsOf = (name: string, timedAs: string, tasks: readonly Task[]): readonly Step[] =>
    (times ? tasks : merged(tasks)).map((task, i): Step => {
      if ('host' in task) onHost.push(task.title)
      const step = 'host' in task ? task.host : code.step(`${name}_${i}`, task.actions)
      return timed(times, `${timedAs} ${titleOf(task)}`, step)
    })

  /** A stage is one function for all threads; what runs on the host, or is timed, is the caller's. */
  const stagesFor = (tasks: readonly Task[], timedAs: string): readonly LinkedStage[] => {
    const own = tasks.filter((task) => 'host' in task || times)
    const shared = tasks.flatMap((task) => ('actions' in task && !times ? [task.actions] : []))
    const alone = stepsOf(`uniform${stages++}`, timedAs, own).map((run) => ({ run }))
    if (shared.length === 0) return alone
    const number = layout.phases.length + stages++
    const part = code.share(number, shared)
    const work = tasks.reduce((sum, task) => sum + task.flops, 0)
    return [{ run: ({ scratch }) => part(0, scratch), share: { number, part, flops: work } }, ...alone]
  }

  /** The arrays of some nodes that are kept for all examples, moved by tile. */
  const moved = (
    nodes: readonly Node[],
    make: typeof loadTile,
    address: (node: Node, output: number) => number,
  ): readonly Task[] => {
    const actions = kept
      .filter(({ node }) => nodes.includes(node))
      .map(({ node, output, record: word }) => make(kindsOf(node)[output]!, address(node, output), word))
    if (actions.length === 0) return []
    return [{ title: 'kept for all examples', flops: 0, bytes: bytesOf(nodes, format), actions }]
  }

  return ({ phase, uniform, varying }: KernelPhase, p: number, at: Addresses): LinkedPhase => {
    const joins = joinTasks(phase.joins, at, memory)
    const inStages = stagesOf(uniform).map((stage) => stage.map((step) => taskOf(step, at, memory)))
    const tile = [
      ...moved(phase.loads, loadTile, (node, output) => layout.loadedAt(node, output, p)),
      ...varying.map((step) => (step.kind === 'join' ? joins.absorb.get(step.node)! : taskOf(step, at, memory))),
      ...moved(phase.stores, storeTile, layout.addressOf),
    ]
    const finish: readonly Task[] =
      joins.finish.length === 0
        ? []
        : [{ title: 'sums of parts', flops: 0, bytes: joins.stride, actions: joins.finish }]
    const [perRun, perExample] = [`${p} run`, `${p} example`]
    const shared = {
      uniform: inStages.flatMap((tasks) => stagesFor(tasks, perRun)),
      hostJoins: joins.onHost,
      finish: stepsOf(`finish${p}`, perRun, finish),
      hasTiles: tile.length > 0,
      stride: joins.stride,
      flops: [...phase.varying, ...phase.joins].reduce((sum, node) => sum + flops(node), 0),
      lines: { run: linesOf([...inStages.flat(), ...finish]), example: linesOf(tile) },
      keptBytes: bytesOf(phase.stores, format),
    }
    const [whole, ...others] = times ? [] : merged(tile)
    if (!whole || others.length > 0 || 'host' in whole)
      return { ...shared, tile: stepsOf(`tile${p}`, perExample, tile) }
    return { ...shared, tile: [], part: code.part(p, whole.actions, joins.stride) }
  }
}
