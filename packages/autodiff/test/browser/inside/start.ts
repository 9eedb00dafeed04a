// What a page loads, and its worker again.

// @ts-expect-error made by the bundler, of the programs that it is given
import programs from 'programs'

interface WebWorker {
  postMessage(message: Message): void
  onmessage: ((event: { readonly data: Answer }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}
declare const Worker: new (file: string, options: { readonly type: 'module' }) => WebWorker
interface Scope {
  readonly document?: unknown
  onmessage: (event: { readonly data: Message }) => void
  postMessage(answer: Answer): void
  close(): void
}
interface Message {
  readonly program: string
  readonly input: unknown
}
type Answer = { readonly value: unknown } | { readonly error: string }

const run = async ({ program, input }: Message): Promise<unknown> => (await programs[program]()).default(input)

const scope = globalThis as unknown as Scope
if (scope.document === undefined)
  scope.onmessage = async ({ data }) => {
    try {
      scope.postMessage({ value: await run(data) })
    } catch (error) {
      scope.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
    // Chromium at times hangs while it terminates a worker from outside whose own threads are about to end.
    scope.close()
  }

/** Runs a program, on the thread of the page or on another. */
export const start = async (thread: 'page' | 'worker', program: string, input: unknown): Promise<unknown> => {
  if (thread === 'page') return run({ program, input })
  const worker = new Worker(import.meta.url, { type: 'module' })
  const answer = await new Promise<Answer>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => resolve({ error: message ?? 'the worker did not start' })
    worker.postMessage({ program, input })
  })
  if ('error' in answer) throw new Error(answer.error)
  return answer.value
}
