/** Long enough that pauses cost nothing, short enough that a key press or a page's click is answered at once. */
const EVERY_MILLISECONDS = 25

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })

/** To be awaited in a long loop: lets other tasks of this thread run from time to time, so that signals arrive. */
export const breather = (): (() => Promise<void>) => {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < EVERY_MILLISECONDS) return
    await turn()
    last = performance.now()
  }
}
