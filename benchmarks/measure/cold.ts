import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import type { EngineName } from '../engines/adapter.ts'
import type { Work } from '../problem/work.ts'
import { commandOf, environmentOf } from './remote.ts'

/** A whole process that does a piece of work `count` times: its wall time and its peak memory. */
export const wholeProcess = (
  engine: EngineName,
  work: Work,
  folder: string,
  count: number,
): { readonly milliseconds: number; readonly mebibytes: number } => {
  const [command, ...args] = commandOf(engine)
  const before = performance.now()
  const { status, stdout, stderr } = spawnSync(command!, [...args, JSON.stringify(work), folder, String(count)], {
    env: environmentOf(1),
    encoding: 'utf8',
  })
  const milliseconds = performance.now() - before
  if (status !== 0) throw new Error(`${engine}: its process failed: ${stderr.trim().split('\n').at(-1)}`)
  return { milliseconds, mebibytes: Number(stdout.trim().split('\n').at(-1)) / 1024 }
}
