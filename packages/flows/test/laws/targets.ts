import { openWasm, type Precision, type SyncEngine } from '@diffeo/autodiff'

/** What computes the sides of claims: the reference where no engine is given. */
export interface Target {
  readonly name: string
  readonly on: { readonly engine?: SyncEngine }
  readonly precisions: readonly Precision[]
}

const engineAs = (name: string, engine: SyncEngine): Target => ({
  name,
  on: { engine },
  precisions: [engine.precision],
})

/** All laws are tried on each of these. What a claim computes is small, so that one thread is as fast as several. */
export const targets: readonly Target[] = [
  { name: 'the reference', on: {}, precisions: ['float64', 'float32'] },
  engineAs('wasm', openWasm({ threads: 1 })),
  engineAs('wasm in float64', openWasm({ threads: 1, precision: 'float64' })),
]
