import { isLoop } from '../../compile/body.ts'
import type { KernelStep } from '../../compile/fuse.ts'
import { sizeOf } from '../../shape.ts'
import { kindsOf } from '../../tensor/operation.ts'
import type { Node } from '../../tensor/tensor.ts'
import { flops } from '../explain.ts'
import type { Format } from './format.ts'
import { type HostJoin, hostJoin, hostStep } from './host.ts'
import { joinLaunches, stateBytes } from './kernels/join.ts'
import type { Action, Addresses, Launch } from './kernels/kernel.ts'
import { codeOf } from './kernels/loop.ts'
import type { EngineMemory } from './memory.ts'

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

/** One thing to do, by kernels or by the host; operations and bytes read and written, of one run or of one example. */
export type Task = { readonly title: string; readonly flops: number; readonly bytes: number } & (
  | { readonly actions: readonly Action[] }
  | { readonly host: Step }
)

export const taskOf = (step: KernelStep, at: Addresses, memory: EngineMemory): Task => {
  const code = codeOf(step, at)
  const size = sizeOfStep(step, at.format)
  if ('actions' in code) return { title: titleOf(step), ...size, actions: code.actions }
  const { node } = step as Extract<KernelStep, { readonly kind: 'node' }>
  const host = hostStep(
    node,
    node.inputs.map(at.readAt),
    kindsOf(node).map((_, k) => (isLoop(node) && !at.loop(node).isRead(k) ? null : at.addressOf(node, k))),
    memory,
    at.format,
  )
  const name = code.missing === node ? nameOf(node) : `${nameOf(node)}, for its ${nameOf(code.missing)}`
  return { title: name, ...size, host: ({ lanes, offset, scratch }) => host(lanes, offset, scratch) }
}

/** The joins of a phase: what is done on every tile, and at the end. */
export interface JoinTasks {
  /** By join. */
  readonly absorb: ReadonlyMap<Node, Task>
  readonly finish: readonly Launch[]
  readonly onHost: readonly HostJoin[]
  /** Bytes of the sums of one part. */
  readonly stride: number
}

export const joinTasks = (nodes: readonly Node[], at: Addresses, memory: EngineMemory): JoinTasks => {
  const sizes = nodes.map((node) => stateBytes(node, at.format))
  const stride = sizes.reduce((sum, bytes) => sum + bytes, 0)
  const absorb = new Map<Node, Task>()
  const finish: Launch[] = []
  const onHost: HostJoin[] = []
  let offset = 0
  nodes.forEach((node, i) => {
    const join = joinLaunches(node, offset, stride, at)
    offset += sizes[i]!
    const title = nameOf(node).endsWith('over lanes') ? nameOf(node) : `${nameOf(node)} over lanes`
    const size = { flops: flops(node), bytes: bytesOf([...node.inputs, node], at.format) }
    if (join) {
      absorb.set(node, { title, ...size, actions: join.absorb })
      finish.push(join.finish)
    } else {
      const host = hostJoin(node, node.inputs.map(at.readAt), at.addressOf(node), memory, at.format)
      onHost.push(host)
      absorb.set(node, { title, ...size, host: ({ lanes, scratch }) => host.absorb(lanes, scratch) })
    }
  })
  return { absorb, finish, onHost, stride }
}

/** Neighbours that have code as one. */
export const merged = (tasks: readonly Task[]): readonly Task[] => {
  const whole: Task[] = []
  for (const task of tasks) {
    const last = whole.at(-1)
    if (last && 'actions' in last && 'actions' in task)
      whole[whole.length - 1] = { ...last, actions: last.actions.concat(task.actions) }
    else whole.push(task)
  }
  return whole
}

/** The step with its time added under a name, where times are wanted. */
export const timed = (times: Map<string, number> | undefined, name: string, step: Step): Step => {
  if (!times) return step
  return (at) => {
    const began = performance.now()
    step(at)
    times.set(name, (times.get(name) ?? 0) + performance.now() - began)
  }
}

const sizeOfStep = (step: KernelStep, format: Format): { readonly flops: number; readonly bytes: number } => {
  const [nodes, read, written] =
    step.kind === 'node'
      ? [[step.node], step.node.inputs, [step.node]]
      : step.head
        ? [[step.head, ...step.nodes], [...step.head.inputs, ...step.inputs], step.outputs]
        : [step.nodes, step.inputs, step.outputs]
  return { flops: nodes.reduce((sum, node) => sum + flops(node), 0), bytes: bytesOf([...read, ...written], format) }
}
/** Of all results, each element once. */
export const bytesOf = (nodes: readonly Node[], { word }: Format): number =>
  nodes.flatMap(kindsOf).reduce((sum, { shape }) => sum + word * sizeOf(shape), 0)

const titleOf = (step: KernelStep): string => {
  if (step.kind === 'node') return nameOf(step.node)
  const { head, nodes, shape } = step
  return head
    ? `${nameOf(head)}, ${nodes.length} element-wise`
    : `${nodes.length} element-wise over [${shape.join(', ')}]`
}

const nameOf = (node: Node): string => `${node.operation.name} ${node.operation.show?.(node.attributes) ?? ''}`.trim()
