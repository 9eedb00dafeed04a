import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { Remote } from './remote.ts'

/** One block of one engine. */
export interface Block {
  /** A unit of work by the clock. */
  readonly milliseconds: number
  /** The same in processor time. */
  readonly processor: number
  /** Nothing else took its cores meanwhile. */
  readonly clean: boolean
}

/** Blocks of all engines in turn: `rounds[r][e]`. */
export type Rounds = readonly (readonly Block[])[]

export interface Blocks {
  readonly seconds: number
  /** Rounds in which every block is clean that are wanted. */
  readonly wanted: number
  /** Rounds, or milliseconds beyond that many of them, after which to give up. */
  readonly most: number
  readonly patience: number
}

/**
 * Every engine does a block of work in every round, each round beginning with another engine, so that what the machine
 * does meanwhile meets all of them alike.
 */
export const inTurn = async (engines: readonly Remote[], threads: number, blocks: Blocks): Promise<Rounds> => {
  for (const engine of engines) {
    const end = performance.now() + WARMING_UP
    do await blockOf(engine, threads, blocks.seconds)
    while (performance.now() < end)
  }
  const rounds: Block[][] = []
  let clean = 0
  const end = performance.now() + blocks.patience
  const more = (): boolean => rounds.length < blocks.wanted || performance.now() < end
  for (let r = 0; clean < blocks.wanted && r < blocks.most && more(); r++) {
    const row: Block[] = []
    for (let i = 0; i < engines.length; i++) {
      const e = (i + r) % engines.length
      row[e] = await blockOf(engines[e]!, threads, blocks.seconds)
    }
    rounds.push(row)
    if (row.every((block) => block.clean)) clean++
  }
  return rounds
}

/** Milliseconds in which compilers of the platform find what is hot. */
const WARMING_UP = 600

/** Tries that a block gets to be left alone. */
const TRIES = 4

const blockOf = async (engine: Remote, threads: number, seconds: number): Promise<Block> => {
  let best: Tried | undefined
  for (let i = 0; i < TRIES && !best?.clean; i++) {
    const next = await tried(engine, threads, seconds)
    if (!best || next.disturbance < best.disturbance) best = next
    // A long unit meets others in any case; trying it again takes more time than it is worth.
    if (next.wall > 4000 * seconds) break
  }
  return best!
}

interface Tried extends Block {
  readonly wall: number
  /** Share of the time in which others held the processors. */
  readonly disturbance: number
}

/**
 * With one thread: time in which the process waited, which its processor time tells. A pool may wait on purpose, so for
 * more it is what other processes used of the machine; of this tree only the one that is timed works.
 */
const tried = async (engine: Remote, threads: number, seconds: number): Promise<Tried> => {
  const before = busy()
  const reply = await engine.ask({ tag: 'block', seconds })
  if (reply.tag !== 'block') throw new Error(`${engine.engine}: ${reply.tag === 'failed' ? reply.why : reply.tag}`)
  const { milliseconds, wall, cpu } = reply
  const processor = (milliseconds * cpu) / wall
  if (threads === 1) {
    const disturbance = 1 - cpu / wall
    return { milliseconds, processor, wall, disturbance, clean: disturbance < 0.03 }
  }
  const disturbance = (busy() - before - reply.total) / wall
  return { milliseconds, processor, wall, disturbance, clean: disturbance < 0.1 + COARSE / wall }
}

/** The clock of processor times ticks every 10 ms. */
const COARSE = 20

/** Processor time of the whole machine, milliseconds. */
const busy = (): number =>
  cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys + times.irq, 0)
