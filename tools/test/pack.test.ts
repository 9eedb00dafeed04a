import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const names = ['autodiff', 'flows', 'data', 'cli'] as const
type Name = (typeof names)[number]

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly publishConfig: { readonly exports: Readonly<Record<string, unknown>> }
}
const manifestOf = (name: Name): Manifest =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

/** What a user imports: every path that a package offers. */
const entrances = names.flatMap((name) =>
  Object.keys(manifestOf(name).exports).map((path) => `@diffeo/${name}${path.slice(1)}`),
)

const run = (command: string, args: readonly string[], cwd: string): string => {
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} ended with ${error ?? status}\n${stdout}\n${stderr}`)
}

/** The pnpm that runs the tests, or the one that the README names. */
const pnpm = (args: readonly string[], cwd: string): string =>
  /\bpnpm(\.\w+)?$/.test(process.env.npm_execpath ?? '')
    ? run(process.env.npm_execpath!, args, cwd)
    : run('npx', ['-y', 'pnpm@12', ...args], cwd)

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const folder = mkdtempSync(join(tmpdir(), 'packed-'))
const packed = new Map<Name, Packed>()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Packs every package as for a release and installs the archives in a folder that knows nothing of the workspace. */
beforeAll(() => {
  for (const name of names) {
    const printed = pnpm(['pack', '--json', '--pack-destination', folder], join(root, 'packages', name))
    packed.set(name, JSON.parse(printed.slice(printed.indexOf('{'))))
  }
  const archives = Object.fromEntries(names.map((name) => [`@diffeo/${name}`, `file:${packed.get(name)!.filename}`]))
  const peers = Object.assign({}, ...names.map((name) => manifestOf(name).peerDependencies))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'outside', private: true, type: 'module', dependencies: { ...archives, ...peers } }),
  )
  // The packages ask for each other by version, and that version is in no registry yet.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ overrides: archives }))
  pnpm(['install', '--prefer-offline'], folder)
})

const installed = (name: Name): string => join(folder, 'node_modules/@diffeo', name)

describe('packed packages', () => {
  test.each(names)('%s holds its compiled files, its licence and its samples, and nothing else', (name) => {
    const others = packed
      .get(name)!
      .files.map(({ path }) => path)
      .filter((path) => !/^(LICENSE|README\.md|package\.json|samples\/.+|dist\/.+\.(js|d\.ts|js\.map))$/.test(path))
    expect(others).toEqual([])
    expect(existsSync(join(installed(name), 'LICENSE'))).toBe(true)
  })

  test.each(names)('%s offers packed what it offers in the workspace', (name) => {
    const { exports, publishConfig } = manifestOf(name)
    expect(Object.keys(publishConfig.exports)).toEqual(Object.keys(exports))
  })

  test.each(names)('%s has every file that its modules look for beside themselves', (name) => {
    const dist = join(installed(name), 'dist')
    const lost = readdirSync(dist, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
      if (!file.endsWith('.js')) return []
      const path = join(dist, file)
      const urls = readFileSync(path, 'utf8').matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)
      return [...urls].flatMap(([, url]) =>
        existsSync(fileURLToPath(new URL(url!, `file://${path}`))) ? [] : `${file}: ${url}`,
      )
    })
    expect(lost).toEqual([])
  })

  test('every entrance loads in plain Node, and autodiff, flows and data do their work', () => {
    writeFileSync(
      join(folder, 'use.js'),
      `${entrances.map((path) => `await import('${path}')`).join('\n')}
import { constant, grad, mul, sum } from '@diffeo/autodiff'
import { htru2 } from '@diffeo/data'
import { pipe } from '@diffeo/flows'
const slope = pipe(constant([1, 2, 3]), grad((x) => sum(mul(x, x))))
const survey = await htru2()()
console.log(JSON.stringify([slope.shape, survey._tag, survey.right.rows]))
`,
    )
    expect(JSON.parse(run(process.execPath, ['use.js'], folder))).toEqual([[3], 'Right', 17898])
  })

  test.each(['nodenext', 'bundler'])('their types hold without the workspace, as %s finds them', (moduleResolution) => {
    writeFileSync(
      join(folder, 'use.ts'),
      `${entrances.map((path, i) => `import type * as m${i} from '${path}'`).join('\n')}
export type All = [${entrances.map((_, i) => `typeof m${i}`).join(', ')}]
import { add, constant, type Example, type Tensor } from '@diffeo/autodiff'
export const two: Tensor = add(constant(1), 1)
declare const x: Example
// @ts-expect-error what differs per example is not the same for all
export const one: Tensor = add(x, 1)
`,
    )
    const options = {
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: [],
      module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.ts'] }))
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], folder)
  })

  test('the command diffeo starts', () => {
    expect(run(join(folder, 'node_modules/.bin/diffeo'), ['--help'], folder)).toMatch(/^Usage: diffeo/m)
  })
})
