import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const MAIN = join(import.meta.dirname, '../src/main.ts')

export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** The real command as a child process in a folder; `onErr` sees standard error as it grows and may signal the child. */
export const run = (
  folder: string,
  args: readonly string[],
  onErr: (text: string, child: { kill(signal: 'SIGINT'): boolean }) => void = () => undefined,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
      onErr(err, child)
    })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
  })

/** An empty folder for one test, removed after it. */
export const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'diffeo-cli-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Writes a CSV file into a folder and gives its name. */
export const csv = (into: string, rows: readonly (readonly (number | string)[])[], name = 'data.csv'): string => {
  writeFileSync(join(into, name), `${rows.map((row) => row.join(',')).join('\n')}\n`)
  return name
}

/** Rows of a curved cloud, the same every time, below a header: `x`, `y` and, where asked for, a class. */
export const cloud = (n: number, withClass = false): readonly (readonly (number | string)[])[] => {
  let state = 1
  // Lehmer's generator: enough for a table.
  const next = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  return [
    withClass ? ['x', 'y', 'class'] : ['x', 'y'],
    ...Array.from({ length: n }, (_, i) => {
      const odd = withClass && i % 10 === 3
      const x = normal() + (odd ? 6 : 0)
      const y = x * x + 0.5 * normal() + (odd ? -30 : 0)
      return withClass ? [x, y, odd ? 'odd' : 'plain'] : [x, y]
    }),
  ]
}
