import * as fc from 'fast-check'
import { openWasm } from '../../../src/target/wasm/engine.ts'
import { conformance } from '../../target/conformance.ts'
import { type Outcome, outcomeOf } from '../inside/vitest.ts'

export interface Given {
  readonly seed: number
  readonly runs: number
  readonly threads?: number
  /** A pattern. */
  readonly mode: string
}

/** The conformance suite, on the WebAssembly engine. */
const run = async ({ seed, runs, mode, ...how }: Given): Promise<Outcome> => {
  fc.configureGlobal({ seed })
  return outcomeOf(() =>
    conformance('the WebAssembly engine', async () => openWasm(how, { worth: 0 }), {
      precision: 'float32',
      mode: new RegExp(mode),
      runs,
    }),
  )
}
export default run
