import type { Threads } from './pool.ts'

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

/** Threads as Node has them; undefined elsewhere. Its modules are asked for by name, so that browsers can load this file. */
export const nodeThreads = (): Threads | undefined => {
  const builtin = (globalThis as { readonly process?: NodeProcess }).process?.getBuiltinModule
  const workers = builtin?.('node:worker_threads') as WorkerThreads | undefined
  if (!builtin || !workers) return undefined
  const { availableParallelism } = builtin('node:os') as System
  return {
    cores: availableParallelism(),
    maySleep: true,
    startsInTurn: false,
    start: (post, failed) => {
      // The file beside this one: a source here, compiled in a package. What is bundled for browsers has no use for it.
      const file = new URL(
        /* @vite-ignore */ `./nodeWorker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
        import.meta.url,
      )
      const worker = new workers.Worker(file, { workerData: post, execArgv: [] })
      worker.unref()
      worker.on('error', (error) => failed(error.message))
    },
  }
}
