import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import type { Work } from '../problem/work.ts'
import { environmentOf } from './remote.ts'

/** A whole process that does a piece of work `count` times: its wall time and its peak memory. */
export const wholeProcess = (
  commandLine: readonly string[],
  work: Work,
  folder: string,
  count: number,
): { readonly milliseconds: number; readonly mebibytes: number } => {
  const [command, ...args] = commandLine
  const before = performance.now()
  const { status, stdout, stderr } = spawnSync(command!, [...args, JSON.stringify(work), folder, String(count)], {
    env: environmentOf(1),
    encoding: 'utf8',
  })
  const milliseconds = performance.now() - before
  if (status !== 0) throw new Error(`${args[1] ?? command}: its process failed: ${stderr.trim().split('\n').at(-1)}`)
  return { milliseconds, mebibytes: Number(stdout.trim().split('\n').at(-1)) / 1024 }
}
