import { defineConfig } from 'vitest/config'
import { goldenTally } from './tools/goldenTally.ts'
import { skipTally } from './tools/skipTally.ts'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**'],
    setupFiles: ['tools/propertySeed.ts'],
    // Modules hold no state, so files may share them: starting afresh for each file takes half of the time.
    isolate: false,
    // Property tests and whole fits, on machines with two busy cores: a hang is what the limit is for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    slowTestThreshold: 5_000,
    reporters: ['default', goldenTally(), skipTally()],
  },
})
