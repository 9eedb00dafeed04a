import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface Import {
  readonly from: string
  readonly names: readonly string[]
  /** `value` runs the other file first, `type` is erased, `lazy` runs it later. */
  readonly kind: 'value' | 'type' | 'lazy'
  readonly line: number
}

/** A TypeScript file and what it imports. */
export interface Source {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

/** The formatter runs in the same step, so a statement starts its line and its module name is in single quotes. */
export const statement =
  /^(?:import|export)\s+(type\s+)?((?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?)\s*from\s*'([^']+)'/gm
const sideEffect = /^import\s+'([^']+)'/gm
const lazy = /\bimport\(\s*'([^']+)'/g

const importsOf = (text: string): readonly Import[] => {
  const lineOf = (index: number): number => text.slice(0, index).split('\n').length
  const found: Import[] = []
  for (const match of text.matchAll(statement)) {
    const specifiers = /\{([^}]*)\}/
      .exec(match[2]!)?.[1]
      ?.split(',')
      .flatMap((s) => s.trim() || [])
    found.push({
      from: match[3]!,
      names: specifiers?.map((s) => s.replace(/^type\s+/, '').split(/\s+as\s+/)[0]!) ?? ['*'],
      // `import { type A }` keeps the import of nothing, so the other file still runs.
      kind: match[1] ? 'type' : 'value',
      line: lineOf(match.index),
    })
  }
  for (const match of text.matchAll(sideEffect))
    found.push({ from: match[1]!, names: [], kind: 'value', line: lineOf(match.index) })
  for (const match of text.matchAll(lazy)) {
    const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index)
    if (!/^\s*\*|\/\//.test(before))
      found.push({ from: match[1]!, names: ['*'], kind: 'lazy', line: lineOf(match.index) })
  }
  return found
}

/** All TypeScript files below a folder, without what was installed or built. */
export const sourcesIn = (root: string, folder: string): readonly Source[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): readonly Source[] => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : sourcesIn(root, path)
    if (!entry.name.endsWith('.ts')) return []
    const text = readFileSync(join(root, path), 'utf8')
    return [{ path, text, imports: importsOf(text) }]
  })
