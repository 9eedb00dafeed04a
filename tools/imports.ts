/**
 * The import rule of the workspace: prints one line per violation and exits with 1 if there is any.
 *
 * Imports run one way, so that a layer can be read, tested and replaced without knowing what stands on it. The tables
 * say which way; the rest of the file reads import statements and compares.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Import, type Source, sourcesIn, statement } from './sources.ts'

/** Each name with what stands directly below it; what is below that may be imported too. */
type Layers = Readonly<Record<string, readonly string[]>>

const packages: Layers = { cli: ['flows', 'data'], flows: ['autodiff'], data: ['autodiff'], autodiff: [] }

/** The folders of a package's `src` as layers, and the layer of each file that lies beside them. */
interface Inside {
  readonly layers: Layers
  readonly files: Readonly<Record<string, string>>
}

/** A package left out has one layer. */
const insides: Readonly<Record<string, Inside>> = {
  autodiff: {
    layers: {
      target: ['compile'],
      compile: ['rewrite', 'derive', 'print'],
      rewrite: ['tensor'],
      derive: ['tensor'],
      optimise: ['tensor'],
      print: ['tensor'],
      tensor: ['scalar', 'random'],
      scalar: ['basics'],
      random: ['basics'],
      basics: [],
    },
    files: { 'error.ts': 'basics', 'shape.ts': 'basics', 'tree.ts': 'basics', 'print.ts': 'print' },
  },
}

/** Where only some names of another package may be imported: reading data needs random numbers and nothing else. */
const onlyNames: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  data: { autodiff: ['threefry2x32'] },
}

/** Optional peers, and the one folder that may load them. */
const onlyFrom: Readonly<Record<string, string>> = {
  'fast-check': 'packages/flows/src/laws/',
  'gpu.js': 'packages/autodiff/src/target/gpu/',
}

/** What browsers load: whatever runs with these imports a module of Node's where it is used, with `await import`. */
const inBrowsers: readonly string[] = [
  'packages/autodiff/src/index.ts',
  'packages/flows/src/index.ts',
  'packages/flows/src/export/index.ts',
  'packages/data/src/index.ts',
]

const below = (layers: Layers, name: string): ReadonlySet<string> =>
  new Set((layers[name] ?? []).flatMap((next) => [next, ...below(layers, next)]))

const list = (names: Iterable<string>): string => [...names].join(', ') || 'nothing'

/** `packages/NAME`, `tools` or `benchmarks`: what a relative import may not leave. */
const homeOf = (path: string): string => (/^packages\/[^/]+/.exec(path) ?? /^[^/]+/.exec(path)!)[0]

const testFolder = /^packages\/[^/]+\/test\//

const layerOf = (pack: string, path: string): string => {
  const inner = path.slice(`packages/${pack}/src/`.length)
  return insides[pack]?.files[inner] ?? inner.split('/')[0]!
}

interface Manifest {
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const between = (source: Source, i: Import, manifests: ReadonlyMap<string, Manifest>): string | null => {
  const [, target, subpath] = /^@diffeo\/([^/]+)(.*)$/.exec(i.from)!
  const own = /^packages\/([^/]+)\/(src\/)?/.exec(source.path)
  const manifest = manifests.get(target!)
  if (!manifest) return `there is no package '@diffeo/${target}' here`
  if (!Object.hasOwn(manifest.exports ?? {}, `.${subpath}`))
    return `'${i.from}' reaches into a package; it offers ${list(Object.keys(manifest.exports ?? {}))}`
  if (!own?.[2]) return null
  const pack = own[1]!
  if (pack === target) return `a package does not import itself by name; use a relative path`
  if (!below(packages, pack).has(target!))
    return `${pack} must not import ${target}; below ${pack} stand ${list(below(packages, pack))}`
  const allowed = onlyNames[pack]?.[target!]
  const others = allowed ? i.names.filter((name) => !allowed.includes(name)) : []
  return others.length ? `${pack} takes only ${list(allowed!)} from ${target}, not ${list(others)}` : null
}

const relatively = (source: Source, i: Import): string | null => {
  const target = posix.join(posix.dirname(source.path), i.from)
  const home = homeOf(source.path)
  // Tests may share their helpers.
  if (testFolder.test(source.path) && testFolder.test(target)) return null
  if (homeOf(target) !== home) return `'${i.from}' leaves ${home}; import other packages by name`
  const pack = /^packages\/([^/]+)\/src\//.exec(source.path)?.[1]
  if (pack === undefined) return null
  if (!target.startsWith(`packages/${pack}/src/`)) return `'${i.from}' leaves the sources of ${pack}`
  const layers = insides[pack]?.layers
  const [from, to] = [layerOf(pack, source.path), layerOf(pack, target)]
  if (!layers || from === to || from === 'index.ts') return null
  if (!Object.hasOwn(layers, from)) return `${from} has no place in the table of tools/imports.ts yet; give it one`
  return below(layers, from).has(to)
    ? null
    : `${from} must not import ${to} ('${i.from}'); below ${from} stand ${list(below(layers, from))}`
}

const outside = (source: Source, i: Import, manifests: ReadonlyMap<string, Manifest>): string | null => {
  const pack = /^packages\/([^/]+)\/src\//.exec(source.path)?.[1]
  if (/^fp-ts(\/|$)/.test(i.from) && !/^fp-ts\/lib\/\w+\.js$/.test(i.from))
    return `'${i.from}' does not load in Node; write 'fp-ts/lib/Either.js'`
  if (pack === undefined || i.kind === 'type') return null
  if (i.from.startsWith('node:')) return null
  const name = i.from.split('/', i.from.startsWith('@') ? 2 : 1).join('/')
  const folder = onlyFrom[name]
  if (folder !== undefined && !source.path.startsWith(folder)) return `only ${folder} loads '${name}'`
  const { dependencies = {}, peerDependencies = {} } = manifests.get(pack)!
  return Object.hasOwn(dependencies, name) || Object.hasOwn(peerDependencies, name)
    ? null
    : `'${name}' is missing from the dependencies in packages/${pack}/package.json`
}

const moreThanReexports = ({ path, text }: Source): readonly string[] => {
  if (!/^packages\/[^/]+\/src\/(.*\/)?index\.ts$/.test(path)) return []
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  if (/^export\s+\*\s+from/m.test(code)) return [`${path}: an index re-exports by name, never with a bare *`]
  return code.replace(statement, '').replace('export {}', '').trim() ? [`${path}: an index only re-exports`] : []
}

/** The files that run when a file is imported. Erased imports run nothing. */
type Runs = ReadonlyMap<string, readonly string[]>

const runsOf = (sources: readonly Source[]): Runs =>
  new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter((i) => i.kind === 'value' && i.from.startsWith('.'))
        .map((i) => posix.join(posix.dirname(path), i.from)),
    ]),
  )

const onlyInNode = (sources: readonly Source[], runs: Runs): readonly string[] => {
  const reached = new Set(inBrowsers)
  for (const path of reached) for (const to of runs.get(path) ?? []) reached.add(to)
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter((i) => reached.has(path) && i.kind === 'value' && i.from.startsWith('node:'))
      .map(
        (i) => `${path}:${i.line}: '${i.from}' is not in browsers; use await import('${i.from}') where it is needed`,
      ),
  )
}

/** One line for each import that closes a cycle; types may refer to each other. */
const cycles = (runs: Runs): readonly string[] => {
  const found: string[] = []
  const done = new Set<string>()
  const follow = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    else if (!done.has(path)) for (const to of runs.get(path) ?? []) follow(to, [...trail, path])
    done.add(path)
  }
  for (const path of runs.keys()) follow(path, [])
  return found.map((cycle) => `${cycle.split(' ')[0]}: imports run in a cycle: ${cycle}`)
}

/** Every violation under `root`, one line each, with file and line. */
export const violations = (root: string): readonly string[] => {
  const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  const sources = ['packages', 'benchmarks', 'tools'].flatMap((f) => (folders.includes(f) ? sourcesIn(root, f) : []))
  const runs = runsOf(sources)
  const manifests = new Map(
    readdirSync(join(root, 'packages')).map((name): [string, Manifest] => [
      name,
      JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')),
    ]),
  )
  const judge = (source: Source, i: Import): string | null =>
    i.from.startsWith('@diffeo/')
      ? between(source, i, manifests)
      : i.from.startsWith('.')
        ? relatively(source, i)
        : outside(source, i, manifests)
  return [
    ...sources.flatMap((source) => [
      ...source.imports.flatMap((i) => {
        const wrong = judge(source, i)
        return wrong === null ? [] : [`${source.path}:${i.line}: ${wrong}`]
      }),
      ...moreThanReexports(source),
    ]),
    ...onlyInNode(sources, runs),
    ...cycles(runs),
  ]
}

if (import.meta.main) {
  const found = violations(process.argv[2] ?? join(import.meta.dirname, '..'))
  for (const line of found) console.error(line)
  process.exitCode = found.length ? 1 : 0
}
