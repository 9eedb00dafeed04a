import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** The page of the workspace, and those of the packages that are used from code. */
const pages = { '.': 'whole', 'packages/autodiff': 'autodiff', 'packages/flows': 'flows', 'packages/data': 'data' }

const exampleOf = (folder: string): string =>
  /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, folder, 'README.md'), 'utf8'))?.[1] ?? ''

const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
const printed = (name: string): string => {
  const { stdout, stderr } = node(`${name}.ts`)
  expect(stderr).toBe('')
  return stdout
}

// Inside the checkout, so that the packages are found; `out` is left out of version control.
mkdirSync(join(root, 'out'), { recursive: true })
const folder = mkdtempSync(join(root, 'out/readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  const files = Object.entries(pages).map(([page, name]) => {
    writeFileSync(join(folder, `${name}.ts`), exampleOf(page))
    return `${name}.ts`
  })
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { composite: false, noEmit: true, tsBuildInfoFile: null },
      files,
    }),
  )
})

describe('the examples of the READMEs', () => {
  test('have the right types', () => {
    expect(node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder).stdout).toBe('')
  })

  test.each(Object.keys(pages))('that of %s has ten to twenty lines, more or less', (page) => {
    const lines = exampleOf(page)
      .split('\n')
      .filter((line) => line.trim())
    expect(lines.length).toBeGreaterThan(7)
    expect(lines.length).toBeLessThanOrEqual(22)
  })

  test('the first one learns the moons to within a quarter nat of what is possible', () => {
    const [, mean, best] = /^(-[\d.]+) nats after \d+ epochs; at most (-[\d.]+) on average\na new point: \(/.exec(
      printed('whole'),
    )!
    expect(Number(mean)).toBeGreaterThan(Number(best) - 0.25)
  })

  test('that of autodiff prints what its comments say', () => {
    const told = [...exampleOf('packages/autodiff').matchAll(/^console\.log.* \/\/ (.*)$/gm)].map(([, said]) => said)
    expect(printed('autodiff').trim().split('\n')).toEqual(told)
  })

  test('that of flows gives a finite density for every row from the files of its model', () => {
    const output = printed('flows')
    expect(output).toContain("[ 'model.json', 'weights.bin' ]")
    expect(output.match(/-?\d+\.\d+/g)).toHaveLength(4)
  })

  test('that of data reads the survey, finds nothing against it and splits it', () => {
    expect(printed('data')).toMatch(/^\[\]\n14320 1789 /)
  })
})
