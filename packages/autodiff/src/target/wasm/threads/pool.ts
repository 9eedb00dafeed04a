import { mistake } from '../../../error.ts'
import type { EngineMemory } from '../memory.ts'
import {
  announce,
  CONTROL,
  CONTROL_BYTES,
  claimPart,
  controlOf,
  finishPart,
  type Job,
  publish,
  takeFailure,
  waitForParts,
} from './control.ts'
import type { Post } from './serve.ts'

/** Threads as a platform has them. */
export interface Threads {
  /** How many run at once. */
  readonly cores: number
  /** Whether the caller may sleep until the others are done. */
  readonly maySleep: boolean
  /** Whether a thread only starts while the caller lets others have their turn: then it has to be waited for. */
  readonly startsInTurn: boolean
  /** Starts one that serves; settled when it does. `failed` hears of what ends it before its time. */
  start(post: Post, failed: (message: string) => void): Promise<void> | undefined
}

/** A platform that has one thread for this program, and why. */
export interface OneThread {
  readonly cores: number
  readonly why: string
}

/** A part of a phase's tiles, with the address of scratch memory for it. */
export type RunPart = (part: number, scratch: number) => void

/** The threads of an engine, the caller's among them. */
export interface Pool {
  readonly threads: number
  /** Address of scratch memory for the caller. */
  scratch(bytes: number): number
  /** Runs all parts of a job, on all threads; returns when they are done. `own` runs one on the caller. */
  run(job: Job, scratchBytes: number, own: RunPart): void
  /** How many parts other threads than the caller have run so far. */
  helped(): number
  /** Where threads start only while the caller lets others have their turn, starts them; settled when they are there. */
  ready(): Promise<void>
  dispose(): void
}

/** The function of a program's module that runs a part of a phase: a `RunPart`. */
export const partName = (phase: number): string => `part${phase}`

/** The caller alone. */
export const callerAlone = (memory: EngineMemory): Pool => {
  const scratch = growing(memory)
  return {
    threads: 1,
    scratch,
    run: ({ parts }, bytes, own) => {
      for (let part = 0; part < parts; part++) own(part, scratch(bytes))
    },
    helped: () => 0,
    ready: async () => {},
    dispose: () => {},
  }
}

/** The others start when the first job comes: who has none for them does not pay for them. */
export const poolOf = (memory: EngineMemory, threads: number, platform: Omit<Threads, 'cores'>): Pool => {
  const control = memory.allocate(CONTROL_BYTES)
  // Shared memory grows without moving, so this view stays.
  const words = controlOf(memory.memory.buffer, control)
  const scratch = Array.from({ length: threads }, () => growing(memory))
  let epoch = 0
  let starting: readonly (Promise<void> | undefined)[] | undefined
  const lost: Lost = {}
  const patience = waiting()

  const startAll = (): readonly (Promise<void> | undefined)[] =>
    Array.from({ length: threads - 1 }, (_, i) =>
      platform.start({ memory: memory.memory, control, thread: i + 1 }, noteIn(lost)),
    )
  const failed = (message: string): never =>
    mistake(`threads: one of the engine's ${threads} threads failed: ${message}`)
  const pool: Pool = {
    threads,
    scratch: scratch[0]!,
    helped: () => Atomics.load(words, CONTROL.helped),
    run: (job, scratchBytes, own) => {
      if (!patience.isWorthAsking()) {
        for (let part = 0; part < job.parts; part++) own(part, scratch[0]!(scratchBytes))
        return
      }
      const began = performance.now()
      const places = scratch.map((place) => place(scratchBytes))
      places.forEach((address, thread) => {
        Atomics.store(words, CONTROL.scratch + thread, address)
      })
      starting ??= startAll()
      epoch = (epoch + 1) | 0
      publish(words, epoch, job)
      let failure: unknown
      for (let part = claimPart(words, epoch, job.parts); part >= 0; part = claimPart(words, epoch, job.parts)) {
        try {
          own(part, places[0]!)
        } catch (error) {
          failure ??= error
        }
        finishPart(words, job.parts)
      }
      const finished = performance.now()
      waitForParts(words, job.parts, platform.maySleep)
      patience.learn(finished - began, performance.now() - finished)
      const message = takeFailure(words) ?? lost.message
      if (message !== undefined) failed(message)
      if (failure !== undefined) throw failure
    },
    ready: async () => {
      if (!platform.startsInTurn) return
      starting ??= startAll()
      await Promise.all(starting)
      if (lost.message !== undefined) failed(lost.message)
    },
    dispose: () => {
      dropped.unregister(pool)
      stop(words)
    },
  }
  dropped.register(pool, words, pool)
  return pool
}

/** Why a thread ended before its time. */
interface Lost {
  message?: string
}
/** Apart from the pool, which a thread must not keep from being dropped. */
const noteIn =
  (lost: Lost) =>
  (message: string): void => {
    lost.message = message
  }

/** Tells all threads to end. */
const stop = (words: Int32Array): void => {
  Atomics.store(words, CONTROL.stop, 1)
  // A number that no waiting thread has seen.
  announce(words, (Atomics.load(words, CONTROL.epoch) + 1) | 0)
}

/** Threads of an engine that was dropped without being disposed of end too. */
const dropped = new FinalizationRegistry<Int32Array>(stop)

/** A block as large as the largest that was asked for. */
const growing = (memory: EngineMemory): ((bytes: number) => number) => {
  let block = { address: 0, bytes: 0 }
  return (bytes) => {
    if (block.bytes < bytes) {
      if (block.bytes > 0) memory.release(block.address)
      block = { address: memory.allocate(bytes), bytes }
    }
    return block.address
  }
}

/**
 * On a crowded machine a thread may be put to sleep in the middle of its part, for longer than the whole job takes.
 * Where the caller waited longer than it worked, it works alone for a while: twice as long each time that this happens
 * in a row.
 */
const waiting = (): {
  readonly isWorthAsking: () => boolean
  readonly learn: (worked: number, waited: number) => void
} => {
  let alone = 0
  let pause = 1
  return {
    isWorthAsking: () => alone === 0 || alone-- === 0,
    learn: (worked, waited) => {
      if (waited > worked) {
        alone = pause
        pause = Math.min(MOST_ALONE, 2 * pause)
      } else pause = 1
    },
  }
}
const MOST_ALONE = 32
