import { webAssembly } from '../platform.ts'
import { type Post, serve } from './serve.ts'

// The file that a worker of a browser runs.

interface WorkerScope {
  onmessage: (event: { readonly data: Post }) => void
  postMessage(message: string): void
  close(): void
}
const scope = globalThis as unknown as WorkerScope
scope.onmessage = ({ data }) => {
  scope.postMessage('up')
  serve(data, webAssembly!)
  scope.close()
}
