import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

let made: Promise<string> | undefined

/**
 * The library's host as a few files of plain JavaScript, as a program is that somebody deploys; peers come bundled from
 * the registry. Starting from hundreds of TypeScript files would measure what Node makes of those.
 */
export const bundledHost = (): Promise<string> => {
  made ??= make()
  return made
}

const make = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'diffeo-host-'))
  await build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: [/^@diffeo/, 'fp-ts'] },
    build: {
      ssr: 'engines/host.ts',
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      minify: true,
      rollupOptions: { external: [/^@jax-js/, /^@tensorflow/], output: { entryFileNames: 'host.js' } },
    },
  })
  return join(folder, 'host.js')
}
