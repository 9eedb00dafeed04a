import { parentPort } from 'node:worker_threads'
import type { Setting } from './grid.ts'
import { run } from './run.ts'

// One setting comes in, its run goes out, and then the next one comes.
parentPort!.on('message', async (setting: Setting) => parentPort!.postMessage(await run(setting)))
