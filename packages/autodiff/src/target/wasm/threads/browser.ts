import type { OneThread, Threads } from './pool.ts'

interface WebWorker {
  postMessage(message: unknown): void
  onmessage: (() => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}
// By this name and no other, so that bundlers see that a file begins a thread and bring it along.
declare const Worker: new (file: URL, options: { readonly type: 'module' }) => WebWorker

/** What is asked of a page, or of a worker in it. */
export interface Scope {
  readonly Worker?: unknown
  readonly SharedArrayBuffer?: unknown
  readonly crossOriginIsolated?: boolean
  readonly document?: unknown
  readonly navigator?: { readonly hardwareConcurrency?: number }
}

/**
 * Threads as browsers have them: module workers, of a page or of a worker. They may share memory where the page is
 * cross-origin isolated; elsewhere there is one thread.
 */
export const browserThreads = (scope: Scope = globalThis as Scope): Threads | OneThread => {
  const cores = scope.navigator?.hardwareConcurrency ?? 1
  if (!scope.Worker) return { cores, why: 'this platform has no more' }
  if (!scope.crossOriginIsolated || !scope.SharedArrayBuffer) return { cores, why: 'page is not cross-origin isolated' }
  return {
    cores,
    // The thread of a page itself must always be ready to draw.
    maySleep: scope.document === undefined,
    startsInTurn: true,
    start: (post, failed) =>
      new Promise((isUp) => {
        const lost = (message: string): void => {
          failed(message)
          isUp()
        }
        try {
          const worker = new Worker(new URL('./browserWorker.js', import.meta.url), { type: 'module' })
          worker.onmessage = () => isUp()
          // Of a file that cannot be loaded there is an event without words.
          worker.onerror = ({ message }) =>
            lost(message ?? 'browserWorker.js could not be loaded; serve it, or open the engine with threads: 1')
          worker.postMessage(post)
        } catch (error) {
          lost(error instanceof Error ? error.message : String(error))
        }
      }),
  }
}
