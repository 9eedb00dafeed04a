import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { Remote } from './remote.ts'

/** One block of one engine. */
export interface Block {
  readonly milliseconds: number
  /** Nothing else took its cores meanwhile. */
  readonly clean: boolean
}

/** Blocks of all engines in turn: `rounds[r][e]`. */
export type Rounds = readonly (readonly Block[])[]

export interface Blocks {
  readonly seconds: number
  /** Rounds in which every block is clean that are wanted, and rounds after which to give up. */
  readonly wanted: number
  readonly most: number
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
  for (let r = 0; clean < blocks.wanted && r < blocks.most; r++) {
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

const blockOf = async (engine: Remote, threads: number, seconds: number): Promise<Block> => {
  const before = busy()
  const reply = await engine.ask({ tag: 'block', seconds })
  if (reply.tag !== 'block') throw new Error(`${engine.engine}: ${reply.tag === 'failed' ? reply.why : reply.tag}`)
  const { milliseconds, wall, cpu } = reply
  if (threads === 1) return { milliseconds, clean: cpu > 0.97 * wall }
  // A pool may wait on purpose, so processor time does not tell; what others use of the machine does. All of this
  // process tree counts as its own: no other part of it works during a block.
  const others = busy() - before - cpu
  return { milliseconds, clean: others < 0.1 * wall + COARSE }
}

/** The clock of processor times ticks every 10 ms. */
const COARSE = 20

/** Processor time of the whole machine, milliseconds. */
const busy = (): number =>
  cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys + times.irq, 0)
