import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import type { Files } from './bundle.ts'

export interface Server {
  readonly address: string
  close(): void
}

/** What a page sends so that its threads may share memory. */
const ISOLATING = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const typeOf = (path: string): string =>
  path.endsWith('.js') || path.endsWith('.ts') ? 'text/javascript' : 'application/octet-stream'

/**
 * A server for this machine alone, that serves everything twice, below `/isolated/` with the headers of cross-origin
 * isolation and below `/open/` without: an empty page, what was bundled below `bundle/`, and the package's own files,
 * without their types, below `package/`.
 */
export const serve = async (files: Files): Promise<Server> => {
  const server = createServer(async ({ url }, response) => {
    const [, headers, path] = /^\/(isolated|open)\/(.*)$/.exec(url ?? '') ?? []
    const shared = headers === 'isolated' ? ISOLATING : {}
    try {
      const body = path === '' ? '<!doctype html><title>tests</title>' : await find(files, path ?? '')
      response.writeHead(200, { ...shared, 'content-type': path === '' ? 'text/html' : typeOf(path!) })
      response.end(body)
    } catch {
      response.writeHead(404, shared)
      response.end()
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const find = async (files: Files, path: string): Promise<string | Uint8Array> => {
  const bundled = files.get(path.replace(/^bundle\//, ''))
  if (bundled !== undefined) return bundled
  // A compiled package has .js where there is .ts here.
  const source = normalize(path.replace(/^package\//, '').replace(/\.js$/, '.ts'))
  return stripTypeScriptTypes(await readFile(join(import.meta.dirname, '../..', source), 'utf8'))
}
