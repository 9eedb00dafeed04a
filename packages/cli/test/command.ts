import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { onTestFinished } from 'vitest'
import { diffeo, type Output, perform } from '../src/index.ts'

const SRC = join(import.meta.dirname, '../src')

/** What a command left behind: its exit status and what it wrote. */
export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

export interface Child {
  kill(signal: 'SIGINT'): boolean
}

/** The real command as a child process in a folder; `watch` sees standard error as it grows, and may signal the child. */
export const run = (
  folder: string,
  args: readonly string[],
  watch: (err: string, child: Child) => void = () => undefined,
  main = 'main.ts',
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(SRC, main), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
      watch(err, child)
    })
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
  })

/** The same in this process: for what depends on no process, such as the parsing of a call. */
export const call = async (args: readonly string[]): Promise<Ended> => {
  let out = ''
  let err = ''
  const terminal = {
    out: sink((text) => {
      out += text
    }),
    err: sink((text) => {
      err += text
    }),
    debug: false,
  }
  const status = await perform(terminal, args, diffeo(terminal))
  return { status, out, err }
}

const sink = (write: (text: string) => void): Output => ({ write })

/** An empty folder for one test, removed after it. */
export const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'diffeo-cli-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

type Rows = readonly (readonly (number | string)[])[]

/** Writes a CSV file and gives its name. */
export const csv = (into: string, rows: Rows, name = 'data.csv'): string => {
  writeFileSync(join(into, name), `${rows.map((row) => row.join(',')).join('\n')}\n`)
  return name
}

/** Rows of a bent cloud with a class, below a header, the same every time: one row in ten is odd and far from the others. */
export const cloud = (n: number): Rows => {
  let state = 1
  // Lehmer's generator: enough for a table.
  const next = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  const rows = Array.from({ length: n }, (_, i) => {
    const odd = i % 10 === 3 || i % 50 === 9
    const x = normal() + (odd ? 6 : 0)
    return [x, x * x + 0.5 * normal() + (odd ? -30 : 0), odd ? 'odd' : 'plain']
  })
  return [['x', 'y', 'class'], ...rows]
}
