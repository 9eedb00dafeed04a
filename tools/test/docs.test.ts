import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const pages = globSync(['*.md', 'docs/*.md', 'benchmarks/*.md', 'packages/*/*.md'], { cwd: root }).sort()

/** Files that a page names: by links, and in backquotes from a package on, with or without `packages/`. */
const named = (page: string): readonly string[] => {
  const text = readFileSync(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(dirname(page), path!))
  const sources = [...text.matchAll(/`(?:packages\/)?((?:autodiff|flows|data|cli)\/[\w/.]+\.\w+)`/g)]
  const tools = [...text.matchAll(/`(tools\/[\w/.]+\.\w+)`/g)]
  return [...links, ...sources.map(([, path]) => join('packages', path!)), ...tools.map(([, path]) => path!)]
}

test.each(pages)('every file that %s names is there', (page) => {
  expect(named(page).filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('the pages name files, and a wrong name would be found', () => {
  expect(named('docs/architecture.md').length).toBeGreaterThan(30)
  expect(named('docs/index.md')).toContain('README.md')
})
