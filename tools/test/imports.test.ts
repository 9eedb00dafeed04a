import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { violations } from '../imports.ts'

type Tree = Readonly<Record<string, string>>

const manifest = (name: string, dependencies: readonly string[]): string =>
  JSON.stringify({
    name: `@diffeo/${name}`,
    exports: { '.': './src/index.ts' },
    dependencies: Object.fromEntries(dependencies.map((d) => [d, '*'])),
  })

/** A workspace that keeps every rule. */
const clean: Tree = {
  'packages/autodiff/package.json': manifest('autodiff', ['fp-ts']),
  'packages/flows/package.json': manifest('flows', ['fp-ts', 'fast-check']),
  'packages/data/package.json': manifest('data', ['fp-ts', 'csv-parse']),
  'packages/cli/package.json': manifest('cli', []),
  'packages/autodiff/src/index.ts': [
    '/** A comment. */',
    "export { threefry2x32 } from './random/threefry.ts'",
    "export {\n  add,\n  type Tensor,\n} from './tensor/tensor.ts'",
    "export * as rows from './scalar/rows.ts'",
  ].join('\n'),
  'packages/autodiff/src/error.ts': 'export const mistake = 1\n',
  'packages/autodiff/src/random/threefry.ts':
    "import { mistake } from '../error.ts'\nexport const threefry2x32 = mistake\n",
  'packages/autodiff/src/scalar/rows.ts': "import { mistake } from '../error.ts'\nexport const row = mistake\n",
  'packages/autodiff/src/tensor/tensor.ts':
    "import type { Operation } from './operation.ts'\nimport { row } from '../scalar/rows.ts'\nexport const add = row\nexport type Tensor = Operation\n",
  'packages/autodiff/src/tensor/operation.ts':
    "import type { Tensor } from './tensor.ts'\nexport type Operation = Tensor\n",
  'packages/autodiff/src/derive/derive.ts': "import { add } from '../tensor/tensor.ts'\nexport const grad = add\n",
  'packages/autodiff/src/compile/program.ts': "import { row } from '../scalar/rows.ts'\nexport const program = row\n",
  'packages/autodiff/src/target/engine.ts':
    "import { program } from '../compile/program.ts'\nexport const open = program\n",
  'packages/flows/src/flow.ts':
    "import { pipe } from 'fp-ts/lib/function.js'\nimport { add } from '@diffeo/autodiff'\nexport const flow = [pipe, add]\n",
  'packages/flows/src/laws/law.ts': "import fc from 'fast-check'\nexport const law = fc\n",
  'packages/data/src/draws.ts': "import { threefry2x32 } from '@diffeo/autodiff'\nexport const draws = threefry2x32\n",
  'packages/data/src/read.ts':
    "import type { Readable } from 'node:stream'\nexport const read = () => import('node:fs')\nexport type R = Readable\n",
  'packages/data/test/read.test.ts':
    "import { read } from '../src/read.ts'\nimport { flow } from '@diffeo/flows'\nread(flow)\n",
  'packages/cli/src/main.ts':
    "import { readFileSync } from 'node:fs'\nimport { flow } from '@diffeo/flows'\nimport { add } from '@diffeo/autodiff'\nreadFileSync(flow(add))\n",
}

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

const write = (tree: Tree): string => {
  const root = mkdtempSync(join(tmpdir(), 'imports-'))
  roots.push(root)
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** The clean workspace with one more file, or with one replaced. */
const judge = (path: string, text: string): readonly string[] => violations(write({ ...clean, [path]: text }))

describe('imports', () => {
  test('a workspace that keeps the rule has no violations', () => {
    expect(violations(write(clean))).toEqual([])
  })

  test.each<readonly [string, string, string, string]>([
    [
      'a package does not import one above it',
      'packages/flows/src/x.ts',
      "import { fit } from '@diffeo/cli'",
      'packages/flows/src/x.ts:1: flows must not import cli; below flows stand autodiff',
    ],
    [
      'data and flows do not know each other',
      'packages/data/src/x.ts',
      "\n\nimport type { Flow } from '@diffeo/flows'",
      'packages/data/src/x.ts:3: data must not import flows; below data stand autodiff',
    ],
    [
      'data takes random numbers from autodiff and nothing else',
      'packages/data/src/x.ts',
      "import {\n  add as plus,\n  threefry2x32,\n} from '@diffeo/autodiff'",
      'packages/data/src/x.ts:1: data takes only threefry2x32 from autodiff, not add',
    ],
    [
      'a namespace import takes every name',
      'packages/data/src/x.ts',
      "import * as A from '@diffeo/autodiff'",
      'packages/data/src/x.ts:1: data takes only threefry2x32 from autodiff, not *',
    ],
    [
      'a package does not import itself by name',
      'packages/flows/src/x.ts',
      "import { flow } from '@diffeo/flows'",
      'packages/flows/src/x.ts:1: a package does not import itself by name; use a relative path',
    ],
    [
      'a misspelt package is named',
      'packages/flows/src/x.ts',
      "import { flow } from '@diffeo/autodif'",
      "packages/flows/src/x.ts:1: there is no package '@diffeo/autodif' here",
    ],
    [
      'a package is entered by the paths that it offers, also from tests',
      'packages/data/test/x.test.ts',
      "import { flow } from '@diffeo/flows/src/flow.ts'",
      "packages/data/test/x.test.ts:1: '@diffeo/flows/src/flow.ts' reaches into a package; it offers .",
    ],
    [
      'a relative path does not leave its package',
      'packages/flows/test/x.test.ts',
      "import { add } from '../../autodiff/src/tensor/tensor.ts'",
      "packages/flows/test/x.test.ts:1: '../../autodiff/src/tensor/tensor.ts' leaves packages/flows; import other packages by name",
    ],
    [
      'sources do not import tests',
      'packages/flows/src/x.ts',
      "import { given } from '../test/given.ts'",
      "packages/flows/src/x.ts:1: '../test/given.ts' leaves the sources of flows",
    ],
    [
      'inside autodiff a lower layer does not import a higher one, not even a type',
      'packages/autodiff/src/scalar/x.ts',
      "import type { Tensor } from '../tensor/tensor.ts'",
      "packages/autodiff/src/scalar/x.ts:1: scalar must not import tensor ('../tensor/tensor.ts'); below scalar stand basics",
    ],
    [
      'siblings do not import each other',
      'packages/autodiff/src/rewrite/x.ts',
      "import { grad } from '../derive/derive.ts'",
      "packages/autodiff/src/rewrite/x.ts:1: rewrite must not import derive ('../derive/derive.ts'); below rewrite stand tensor, scalar, basics, random",
    ],
    [
      'what everything stands on imports nothing',
      'packages/autodiff/src/shape.ts',
      "export { row } from './scalar/rows.ts'",
      "packages/autodiff/src/shape.ts:1: basics must not import scalar ('./scalar/rows.ts'); below basics stand nothing",
    ],
    [
      'an import inside a function is seen',
      'packages/autodiff/src/tensor/x.ts',
      "// import('../derive/derive.ts')\nexport const late = () => import('../derive/derive.ts')",
      "packages/autodiff/src/tensor/x.ts:2: tensor must not import derive ('../derive/derive.ts'); below tensor stand scalar, basics, random",
    ],
    [
      'a new folder needs a place in the table',
      'packages/autodiff/src/misc/x.ts',
      "import { add } from '../tensor/tensor.ts'",
      'packages/autodiff/src/misc/x.ts:1: misc has no place in the table of tools/imports.ts yet; give it one',
    ],
    [
      'fp-ts is imported as Node finds it',
      'packages/flows/src/x.ts',
      "import * as E from 'fp-ts/Either'",
      "packages/flows/src/x.ts:1: 'fp-ts/Either' does not load in Node; write 'fp-ts/lib/Either.js'",
    ],
    [
      'an optional peer is loaded by its own folder only',
      'packages/flows/src/x.ts',
      "import fc from 'fast-check'",
      "packages/flows/src/x.ts:1: only packages/flows/src/laws/ loads 'fast-check'",
    ],
    [
      'a dependency is declared',
      'packages/flows/src/x.ts',
      "import { parse } from 'csv-parse/sync'",
      "packages/flows/src/x.ts:1: 'csv-parse' is missing from the dependencies in packages/flows/package.json",
    ],
    [
      'an index defines nothing',
      'packages/flows/src/index.ts',
      "export { flow } from './flow.ts'\nexport const two = 2",
      'packages/flows/src/index.ts: an index only re-exports',
    ],
    [
      'an index names what it re-exports',
      'packages/flows/src/index.ts',
      "export * from './flow.ts'",
      'packages/flows/src/index.ts: an index re-exports by name, never with a bare *',
    ],
  ])('%s', (_, path, text, expected) => {
    expect(judge(path, text)).toEqual([expected])
  })

  test('tests share their helpers, also over packages', () => {
    expect(judge('packages/flows/test/x.test.ts', "import { near } from '../../autodiff/test/near.ts'")).toEqual([])
  })

  test('what browsers load asks for a module of Node only when it is used', () => {
    const tree = { ...clean, 'packages/flows/src/x.ts': "import { rm } from 'node:fs'\nexport const x = rm" }
    expect(violations(write(tree))).toEqual([])
    for (const [index, up] of [
      ['packages/flows/src/index.ts', '.'],
      ['packages/flows/src/export/index.ts', '..'],
    ] as const)
      expect(
        violations(
          write({
            ...tree,
            [index]: `export { y } from '${up}/y.ts'`,
            'packages/flows/src/y.ts': "export { x as y } from './x.ts'",
          }),
        ),
      ).toEqual([
        "packages/flows/src/x.ts:1: 'node:fs' is not in browsers; use await import('node:fs') where it is needed",
      ])
  })

  test('a cycle is shown whole', () => {
    const found = violations(
      write({
        ...clean,
        'packages/flows/src/a.ts': "import { b } from './b.ts'\nexport const a = b",
        'packages/flows/src/b.ts': "import { c } from './deep/c.ts'\nexport const b = c",
        'packages/flows/src/deep/c.ts': "import { type a } from '../a.ts'\nexport const c = a",
      }),
    )
    expect(found).toEqual([
      'packages/flows/src/a.ts: imports run in a cycle: packages/flows/src/a.ts -> packages/flows/src/b.ts -> packages/flows/src/deep/c.ts -> packages/flows/src/a.ts',
    ])
  })

  test('the command prints each violation on a line and exits with 1, or prints nothing and exits with 0', () => {
    const run = (root: string) =>
      spawnSync(process.execPath, [join(import.meta.dirname, '../imports.ts'), root], { encoding: 'utf8' })
    const bad = run(
      write({
        ...clean,
        'packages/flows/src/x.ts': "import { a } from '@diffeo/data'\nimport * as O from 'fp-ts/Option'\n",
      }),
    )
    expect([bad.status, bad.stdout, bad.stderr.trimEnd().split('\n').length]).toEqual([1, '', 2])
    const good = run(write(clean))
    expect([good.status, good.stdout, good.stderr]).toEqual([0, '', ''])
  })
})
