import type { Linked, LinkedPhase } from './linked.ts'
import type { Task } from './tasks.ts'

/** Tasks of one kind: how many, and what they do together in one run, or for each example. */
export interface Line {
  readonly title: string
  readonly count: number
  readonly flops: number
  readonly bytes: number
}

/** Tasks of one title as one line. */
export const linesOf = (tasks: readonly Task[]): readonly Line[] => {
  const lines = new Map<string, Line>()
  for (const task of tasks) {
    const { flops, bytes } = task
    const title = titleOf(task)
    const before = lines.get(title) ?? { title, count: 0, flops: 0, bytes: 0 }
    lines.set(title, {
      title,
      count: before.count + 1,
      flops: before.flops + flops,
      bytes: before.bytes + bytes,
    })
  }
  return [...lines.values()].sort((a, b) => b.flops - a.flops)
}

export const titleOf = (task: Task): string => ('host' in task ? `${task.title} (on the host)` : task.title)

/** A program's phases and kernels, their operations and bytes, and their milliseconds where they were measured. */
export const explainLinked = (
  name: string,
  linked: Linked,
  times: ReadonlyMap<string, number> | undefined,
  threads: string,
): string => {
  const { phases, format, launches, kernels, bytes, scratchBytes, onHost } = linked
  return [
    name,
    ...phases.flatMap((phase, i) => phaseLines(phase, i, times)),
    ...(times ? [`all phases: ${[...times.values()].reduce((sum, ms) => sum + ms, 0).toFixed(2)} ms`] : []),
    `${launches} launches of ${kernels} kernels, ${format.tile} examples to a tile; ${bytes} bytes, ${scratchBytes} for each thread`,
    `on the host: ${onHost.length === 0 ? 'nothing' : onHost.join('; ')}`,
    threads,
  ].join('\n')
}

const phaseLines = (
  { lines, keptBytes }: LinkedPhase,
  number: number,
  times: ReadonlyMap<string, number> | undefined,
): readonly string[] =>
  (['run', 'example'] as const).flatMap((per) => {
    const own = lines[per]
    if (own.length === 0) return []
    const flops = own.reduce((sum, line) => sum + line.flops, 0)
    const kept = per === 'example' && keptBytes > 0 ? `, ${keptBytes} bytes kept for later phases` : ''
    return [
      `phase ${number}, once for each ${per}: ${flops} operations${kept}`,
      ...own.map((line) => lineOf(line, times?.get(`${number} ${per} ${line.title}`))),
    ]
  })

const lineOf = ({ title, count, flops, bytes }: Line, ms: number | undefined): string => {
  const numbers = [`${count} x`, `${flops} ops`, `${bytes} bytes`, ...(ms === undefined ? [] : [`${ms.toFixed(2)} ms`])]
  return `  ${numbers.map((text, i) => text.padStart([6, 14, 16, 14][i]!)).join('')}  ${title}`
}
