import type { Reporter } from 'vitest/node'

/** Says at the end of a run why tests were skipped while they ran: each reason once, with how many there were. */
export const skipTally = (): Reporter => ({
  onTestRunEnd: (files) => {
    const counts = new Map<string, number>()
    for (const file of files)
      for (const test of file.children.allTests('skipped')) {
        const result = test.result()
        const reason = result.state === 'skipped' ? result.note : undefined
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
      }
    for (const [reason, count] of counts) console.log(`\nskipped ${count} tests: ${reason}`)
  },
})
