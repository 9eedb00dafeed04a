import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { EngineName } from '../engines/adapter.ts'
import type { Reply, Request } from '../engines/protocol.ts'

const pathOf = (file: string): string => fileURLToPath(new URL(`../engines/${file}`, import.meta.url))

/** How a process with this engine is started. */
export const commandOf = (engine: EngineName): readonly string[] =>
  engine === 'torch' || engine === 'torch-by-hand'
    ? [python() ?? 'python3', pathOf('torch/host.py'), engine]
    : [process.execPath, pathOf('host.ts'), engine]

let found: string | null | undefined
/** A `python3` that imports torch: the one on the path, or the system's own. */
export const python = (): string | null => {
  found ??= ['python3', '/usr/bin/python3'].find((p) => spawnSync(p, ['-c', 'import torch']).status === 0) ?? null
  return found
}

/**
 * Thread pools are sized by the environment, and memory that was freed is kept for the next array: by default the C
 * library maps and returns it for every array of 128 KiB and up, which more than doubles the time of a step in PyTorch.
 * Engines that take no notice are not disturbed.
 */
export const environmentOf = (threads: number): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20),
})

/** An engine in a process of its own; it computes only while it is asked to. */
export interface Remote {
  readonly engine: EngineName
  ask(request: Request): Promise<Reply>
  end(): Promise<void>
}

export const start = (engine: EngineName, threads: number): Remote => {
  const [command, ...args] = commandOf(engine)
  const child: ChildProcess = spawn(command!, args, {
    env: environmentOf(threads),
    stdio: ['pipe', 'pipe', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'],
  })
  let waiting: ((reply: Reply) => void) | undefined
  const give = (reply: Reply): void => {
    waiting?.(reply)
    waiting = undefined
  }
  // Libraries write greetings; replies are the lines that are JSON.
  createInterface({ input: child.stdout! }).on('line', (line) => line.startsWith('{"tag"') && give(JSON.parse(line)))
  const ended = new Promise<void>((resolve) => child.on('close', resolve))
  ended.then(() => give({ tag: 'failed', why: 'its process ended' }))
  return {
    engine,
    ask: (request) =>
      new Promise((resolve) => {
        waiting = resolve
        if (child.exitCode !== null) give({ tag: 'failed', why: 'its process ended' })
        else child.stdin!.write(`${JSON.stringify(request)}\n`)
      }),
    end: () => {
      child.stdin!.end()
      return ended
    },
  }
}
