import { Worker } from 'node:worker_threads'
import type { Setting } from './grid.ts'
import type { Run } from './run.ts'

/** Runs all settings on `count` threads; results in the order of the settings, whichever ended first. */
export const sideBySide = async (
  settings: readonly Setting[],
  count: number,
  told: (run: Run, done: number) => void,
): Promise<readonly Run[]> => {
  const runs: Run[] = []
  let [next, done] = [0, 0]
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url))
      let mine = -1
      const more = (): void => {
        mine = next++
        if (mine < settings.length) worker.postMessage(settings[mine])
        else worker.terminate().then(() => resolve(), reject)
      }
      worker.on('message', (run: Run) => {
        runs[mine] = run
        told(run, ++done)
        more()
      })
      worker.on('error', reject)
      more()
    })
  await Promise.all(Array.from({ length: count }, one))
  return runs
}
