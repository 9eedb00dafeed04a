import { browserThreads } from './browser.ts'
import { nodeThreads } from './node.ts'
import type { OneThread, Threads } from './pool.ts'

/** The threads of the platform that this runs on. */
export const threadsHere = (): Threads | OneThread => nodeThreads() ?? browserThreads()
