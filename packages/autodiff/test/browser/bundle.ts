import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'

/** Files by their path, as a server hands them out. */
export type Files = ReadonlyMap<string, string | Uint8Array>

const inside = (file: string): string => join(import.meta.dirname, 'inside', file)

/** A module that has those of a folder by name, each loaded when it is asked for. */
const listing = (folder: string): string => {
  const rows = readdirSync(folder).map((file) => {
    const name = JSON.stringify(file.replace(/\.ts$/, ''))
    return `${name}: () => import(${JSON.stringify(join(folder, file))})`
  })
  return `export default { ${rows.join(', ')} }`
}

/**
 * The programs of a folder and all that they import, made into files for browsers as a user's bundler makes them:
 * `start.js`, and what it loads. What they import of vitest runs inside the browser.
 */
export const bundle = async (folder: string): Promise<Files> => {
  const { output } = (await build({
    configFile: false,
    root: import.meta.dirname,
    base: './',
    logLevel: 'warn',
    publicDir: false,
    plugins: [
      {
        name: 'tests-in-browsers',
        enforce: 'pre',
        resolveId: (id, importer) => {
          if (id === 'programs') return '\0programs'
          // Its assertions are vitest's own.
          return id === 'vitest' && importer !== inside('vitest.ts') ? inside('vitest.ts') : null
        },
        load: (id) => (id === '\0programs' ? listing(folder) : null),
      },
    ],
    build: {
      write: false,
      target: 'esnext',
      minify: false,
      modulePreload: false,
      rollupOptions: {
        checks: { pluginTimings: false },
        input: inside('start.ts'),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'start.js' },
      },
    },
  })) as Rolldown.RolldownOutput
  return new Map(output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]))
}
