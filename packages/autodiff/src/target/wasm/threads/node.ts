import type { StartThread } from './pool.ts'

/** Threads as Node has them; undefined elsewhere. Its modules are asked for by name, so that browsers can load this file. */
export interface Threads {
  /** How many run at once. */
  readonly cores: number
  readonly start: StartThread
}

interface NodeWorker {
  unref(): void
  on(event: 'error', listener: (error: Error) => void): void
}
interface WorkerThreads {
  readonly Worker: new (
    file: URL,
    options: { readonly workerData: unknown; readonly execArgv: readonly string[] },
  ) => NodeWorker
}
interface System {
  readonly availableParallelism: () => number
}
interface NodeProcess {
  readonly getBuiltinModule?: (name: string) => unknown
}

export const nodeThreads = (): Threads | undefined => {
  const builtin = (globalThis as { readonly process?: NodeProcess }).process?.getBuiltinModule
  const workers = builtin?.('node:worker_threads') as WorkerThreads | undefined
  if (!builtin || !workers) return undefined
  const { availableParallelism } = builtin('node:os') as System
  return {
    cores: availableParallelism(),
    start: (post, failed) => {
      // The file beside this one: a source here, compiled in a package.
      const file = new URL(`./nodeWorker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
      const worker = new workers.Worker(file, { workerData: post, execArgv: [] })
      worker.unref()
      worker.on('error', (error) => failed(error.message))
    },
  }
}
