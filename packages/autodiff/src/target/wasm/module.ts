import type { Result } from './assembler/code.ts'
import type { Constants } from './assembler/constants.ts'
import { encode } from './assembler/encodeModule.ts'
import type { Func, Signature } from './assembler/function.ts'
import { type EngineMemory, MOST_PAGES } from './memory.ts'

/** A module over the engine's memory, as bytes: every thread makes its own instance of it. */
export const moduleBytes = (
  exports: Readonly<Record<string, Func<Signature, Result>>>,
  memory: EngineMemory,
  constants: Constants,
): Uint8Array =>
  encode({
    memory: {
      minimum: 1,
      from: { module: 'engine', field: 'memory' },
      ...(memory.shared && { maximum: MOST_PAGES, shared: true }),
    },
    exports,
    constants,
  })
