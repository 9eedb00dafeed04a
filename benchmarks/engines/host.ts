/**
 * A process that runs one engine: `node host.ts NAME` answers requests, one line of JSON each, until its input ends;
 * `node host.ts NAME WORK FOLDER COUNT` does a piece of work so many times and ends, which is what cold starts measure.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import type { Work } from '../problem/work.ts'
import type { Adapter, Opened, Prepared } from './adapter.ts'
import type { BlockReply, Reply, Request } from './protocol.ts'

const load = async (name: string): Promise<Adapter> => {
  switch (name) {
    case 'diffeo':
      return (await import('./diffeo.ts')).diffeo('wasm')
    case 'diffeo-reference':
      return (await import('./diffeo.ts')).diffeo('reference')
    case 'jax-js':
      return (await import('./jaxJs.ts')).jaxJs
    case 'tfjs-wasm':
      return (await import('./tfjs.ts')).tfjs
    default:
      throw new Error(`host: no engine ${name}.`)
  }
}

const [name = '', work, folder, count] = process.argv.slice(2)
const adapter = await load(name)

let opened: Opened | undefined
let prepared: Prepared | undefined

const encode = (array: Float32Array): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')

const timed = async (runs: number): Promise<BlockReply> => {
  await prepared!.begin()
  const cpu = process.cpuUsage()
  const before = performance.now()
  await prepared!.run(runs)
  const wall = performance.now() - before
  const used = process.cpuUsage(cpu)
  const spent = (used.user + used.system) / 1000
  return { tag: 'block', milliseconds: wall / runs, wall, cpu: spent, total: spent }
}

/** One unit says how many fill the time, and brings data back into caches; where it fills the time alone, it is the block. */
const block = async (seconds: number): Promise<Reply> => {
  const first = await timed(1)
  const runs = Math.round((seconds * 1000) / first.wall)
  if (runs <= 1) return first
  const whole = await timed(runs)
  return { ...whole, total: whole.cpu + first.cpu }
}

const answer = async (request: Request): Promise<Reply> => {
  switch (request.tag) {
    case 'open':
      opened = await adapter.open(request.threads)
      return { tag: 'opened', threads: opened.threads, version: adapter.version }
    case 'prepare': {
      prepared = await opened!.prepare(request.work, request.folder)
      if (!prepared) return { tag: 'lacking' }
      const results = Object.entries(await prepared.check()).map(([key, array]) => [key, encode(array)])
      return { tag: 'checked', results: Object.fromEntries(results) }
    }
    case 'block':
      return block(request.seconds)
  }
}

/**
 * The most memory that this process had. Linux counts what the process had that started this one into `maxRSS`, so
 * there its own record is asked.
 */
const peakKibibytes = (): number => {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

if (work !== undefined) {
  const ready = await (await adapter.open(1)).prepare(JSON.parse(work) as Work, folder!)
  await ready!.begin()
  await ready!.run(Number(count))
  process.stdout.write(`${peakKibibytes()}\n`)
  process.exit(0)
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply: Reply = await answer(JSON.parse(line) as Request).catch((e: unknown) => ({
    tag: 'failed',
    why: e instanceof Error ? e.message : String(e),
  }))
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}
process.exit(0)
