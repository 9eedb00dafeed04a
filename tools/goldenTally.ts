import type { Reporter } from 'vitest/node'

/** Says at the end of a run how many files of independent values its tests read, and which were missing. */
export const goldenTally = (): Reporter => {
  const read = new Set<string>()
  const missing = new Set<string>()
  return {
    onUserConsoleLog: ({ content }) => {
      for (const [, file] of content.matchAll(/^golden: 1 file read, (\S+)/gm)) read.add(file!)
      for (const [, file] of content.matchAll(/^golden: (\S+) skipped, no such file/gm)) missing.add(file!)
    },
    onTestRunEnd: () => {
      if (read.size + missing.size === 0) return
      const without = missing.size
        ? `; ${missing.size} missing (set DIFFEO_GOLDEN_DIR to the folder that has ${[...missing].sort().join(', ')})`
        : ''
      console.log(`\ngolden files: ${read.size} read${without}`)
    },
  }
}
