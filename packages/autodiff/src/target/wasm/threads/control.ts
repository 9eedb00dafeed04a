// How threads share out a job: words in shared memory that are read and written by atomic operations only. A job is cut
// into parts, and whoever is free claims the next one; so a thread that is late, or still starting, holds nobody up.

/** Words of the control block; those that many threads write have a cache line of their own. */
export const CONTROL = {
  /** Number of the job; it is changed last, and waited for. */
  epoch: 0,
  /** The job's number and the next part to be claimed, in one word: a claim for a job that is over fails. */
  claim: 16,
  /** Parts that are done. */
  done: 32,
  /** Parts that were done by other threads than the caller, in all. */
  helped: 48,
  /** 0, 1 while a message is written, 2 when it is there. */
  failed: 49,
  stop: 50,
  // What the job is.
  program: 64,
  codeAddress: 65,
  codeBytes: 66,
  phase: 67,
  parts: 68,
  /** Address of the scratch memory of each thread. */
  scratch: 80,
  messageLength: 144,
  message: 145,
} as const
export const MOST_THREADS = 64
const MESSAGE_LENGTH = 256
export const CONTROL_BYTES = (CONTROL.message + MESSAGE_LENGTH) * 4

/** Parts take the low bits of a claim, the job's number the others. */
const PART_BITS = 12
const CLOSED = 2 ** PART_BITS - 1
export const MOST_PARTS = CLOSED - 1

/** The block at an address of a memory. Atomic operations on it see every thread's. */
export const controlOf = (buffer: ArrayBufferLike, address: number): Int32Array =>
  new Int32Array(buffer, address, CONTROL_BYTES / 4)

export interface Job {
  /** A number that no other program of the engine has, and where its module's bytes are. */
  readonly program: number
  readonly codeAddress: number
  readonly codeBytes: number
  readonly phase: number
  readonly parts: number
}

const packed = (epoch: number, part: number): number => (epoch << PART_BITS) | part

/** Lets every thread work on a job. The one before must be done. */
export const publish = (words: Int32Array, epoch: number, job: Job): void => {
  // No claim succeeds while the job is written down.
  Atomics.store(words, CONTROL.claim, packed(epoch, CLOSED))
  Atomics.store(words, CONTROL.done, 0)
  for (const key of ['program', 'codeAddress', 'codeBytes', 'phase', 'parts'] as const)
    Atomics.store(words, CONTROL[key], job[key])
  Atomics.store(words, CONTROL.claim, packed(epoch, 0))
  announce(words, epoch)
}

/** Wakes the threads that wait. */
export const announce = (words: Int32Array, epoch: number): void => {
  Atomics.store(words, CONTROL.epoch, epoch)
  Atomics.notify(words, CONTROL.epoch)
}

/** The job as it is written down; it is the one of an epoch only if a part of that can still be claimed afterwards. */
export const jobOf = (words: Int32Array): Job => ({
  program: Atomics.load(words, CONTROL.program),
  codeAddress: Atomics.load(words, CONTROL.codeAddress),
  codeBytes: Atomics.load(words, CONTROL.codeBytes),
  phase: Atomics.load(words, CONTROL.phase),
  parts: Atomics.load(words, CONTROL.parts),
})

/** Whether a part of the job can be claimed. While it can, nothing that belongs to the job changes. */
export const isOpen = (words: Int32Array, epoch: number, parts: number): boolean => {
  const claim = Atomics.load(words, CONTROL.claim)
  const next = claim - packed(epoch, 0)
  return next >= 0 && next < parts
}

/** The next part for the caller alone; -1 when there is none, or the job is over. */
export const claimPart = (words: Int32Array, epoch: number, parts: number): number => {
  for (;;) {
    const claim = Atomics.load(words, CONTROL.claim)
    const next = claim - packed(epoch, 0)
    if (!(next >= 0 && next < parts)) return -1
    if (Atomics.compareExchange(words, CONTROL.claim, claim, claim + 1) === claim) return next
  }
}

/** Says that a claimed part is done. */
export const finishPart = (words: Int32Array, parts: number): void => {
  if (Atomics.add(words, CONTROL.done, 1) + 1 === parts) Atomics.notify(words, CONTROL.done)
}

/** Looks this often before it falls asleep: waking takes longer than most waits between two phases last. */
const LOOKS = 4000

/** Until a word is another: looks for a while, then sleeps, unless it may not. */
export const waitWhile = (words: Int32Array, index: number, value: number, maySleep = true): void => {
  for (let i = 0; i < LOOKS || !maySleep; i++) if (Atomics.load(words, index) !== value) return
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value)
}

/** Until all parts are done. */
export const waitForParts = (words: Int32Array, parts: number, maySleep: boolean): void => {
  for (;;) {
    const done = Atomics.load(words, CONTROL.done)
    if (done === parts) return
    waitWhile(words, CONTROL.done, done, maySleep)
  }
}

/** Leaves word of a failure, if none is there. */
export const reportFailure = (words: Int32Array, message: string): void => {
  if (Atomics.compareExchange(words, CONTROL.failed, 0, 1) !== 0) return
  const codes = [...message].slice(0, MESSAGE_LENGTH).map((letter) => letter.codePointAt(0)!)
  codes.forEach((code, i) => {
    Atomics.store(words, CONTROL.message + i, code)
  })
  Atomics.store(words, CONTROL.messageLength, codes.length)
  Atomics.store(words, CONTROL.failed, 2)
}

/** The failure that was reported, once. */
export const takeFailure = (words: Int32Array): string | undefined => {
  if (Atomics.load(words, CONTROL.failed) !== 2) return undefined
  const count = Atomics.load(words, CONTROL.messageLength)
  const letters = Array.from({ length: count }, (_, i) =>
    String.fromCodePoint(Atomics.load(words, CONTROL.message + i)),
  )
  Atomics.store(words, CONTROL.failed, 0)
  return letters.join('')
}
