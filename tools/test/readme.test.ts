import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

const node = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })

// Inside the checkout, so that the packages are found; `out` is left out of version control.
mkdirSync(join(root, 'out'), { recursive: true })
const folder = mkdtempSync(join(root, 'out/readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  writeFileSync(join(folder, 'example.ts'), example)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { composite: false, noEmit: true, tsBuildInfoFile: null },
      files: ['example.ts'],
    }),
  )
})

describe('the example in the README', () => {
  test('has some twenty lines', () => {
    const lines = example.split('\n').filter((line) => line.trim())
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.length).toBeLessThanOrEqual(22)
  })

  test('has the right types', () => {
    expect(node(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder).stdout).toBe('')
  })

  test('learns the moons to within a quarter nat of what is possible', () => {
    const { stdout, stderr } = node('example.ts')
    expect(stderr).toBe('')
    const [, mean, best] = /^(-[\d.]+) nats after \d+ epochs; at most (-[\d.]+) on average\na new point: \(/.exec(
      stdout,
    )!
    expect(Number(mean)).toBeGreaterThan(Number(best) - 0.25)
  })
})
