import { type Exports, instantiate, type LinearMemory, type WebAssemblyPlatform } from '../platform.ts'
import {
  CONTROL,
  claimPart,
  controlOf,
  finishPart,
  isOpen,
  type Job,
  jobOf,
  reportFailure,
  waitWhile,
} from './control.ts'
import { partName } from './pool.ts'

/** What a thread is told when it starts. */
export interface Post {
  readonly memory: LinearMemory
  /** Address of the control block. */
  readonly control: number
  /** Its number; the caller's is 0. */
  readonly thread: number
}

/** Programs a thread stays ready for; the others are made ready again from their bytes. */
const READY = 32

/** The life of a worker thread: waits for a job, works on parts of it, until it is told to stop. */
export const serve = ({ memory, control, thread }: Post, platform: WebAssemblyPlatform): void => {
  const words = controlOf(memory.buffer, control)
  const ready = new Map<number, Exports>()
  for (let seen = 0; ; ) {
    waitWhile(words, CONTROL.epoch, seen)
    seen = Atomics.load(words, CONTROL.epoch)
    if (Atomics.load(words, CONTROL.stop) !== 0) return
    const job = jobOf(words)
    if (!isOpen(words, seen, job.parts)) continue
    try {
      const code = readyFor(job, seen)
      if (code) work(code, job, seen)
    } catch (error) {
      reportFailure(words, error instanceof Error ? error.message : String(error))
    }
  }

  /** Undefined where the job was done before its code was read: the bytes may be others by then. */
  function readyFor(job: Job, epoch: number): Exports | undefined {
    const known = ready.get(job.program)
    ready.delete(job.program)
    const bytes = known ? undefined : new Uint8Array(memory.buffer, job.codeAddress >>> 0, job.codeBytes).slice()
    if (bytes && !isOpen(words, epoch, job.parts)) return undefined
    const code = known ?? instantiate(bytes!, memory, platform)
    ready.set(job.program, code)
    if (ready.size > READY) ready.delete(ready.keys().next().value!)
    return code
  }

  function work(code: Exports, job: Job, epoch: number): void {
    const run = code[partName(job.phase)]!
    const scratch = Atomics.load(words, CONTROL.scratch + thread)
    for (let part = claimPart(words, epoch, job.parts); part >= 0; part = claimPart(words, epoch, job.parts)) {
      try {
        run(part, scratch)
      } catch (error) {
        reportFailure(words, error instanceof Error ? error.message : String(error))
      }
      Atomics.add(words, CONTROL.helped, 1)
      finishPart(words, job.parts)
    }
  }
}
