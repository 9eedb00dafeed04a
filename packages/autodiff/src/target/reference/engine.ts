import type { EngineOptions, RunOptions } from '../engine.ts'
import { explainPlan } from '../explain.ts'
import { engineOf, type SyncEngine, type SyncProgram } from '../shell.ts'
import { prepare } from './program.ts'
import { type Rounding, toFloat32 } from './rounding.ts'

/** A run of the reference can also round as another target would. */
export interface ReferenceRunOptions extends RunOptions {
  readonly rounding?: Rounding
}
export type ReferenceProgram = SyncProgram<ReferenceRunOptions>
export type ReferenceEngine = SyncEngine<ReferenceRunOptions>

/**
 * The reference: float64, one operation at a time over typed arrays, every operation by its own stated meaning. The
 * judge of all other targets. With `precision: 'float32'` every result is rounded as a float32 machine would.
 */
export const openReference = (options: EngineOptions = {}): ReferenceEngine => {
  const single = options.precision === 'float32'
  return engineOf<Float64Array, ReferenceRunOptions>({
    target: 'reference',
    mode: `reference ${single ? 'float32 (emulated)' : 'float64'} 1 thread`,
    precision: single ? 'float32' : 'float64',
    hold: (data) => {
      const floats = data instanceof Float32Array || data instanceof Float64Array
      return Float64Array.from(single && floats ? Float32Array.from(data) : data)
    },
    numbersOf: (values, dtype) => {
      if (dtype === 'int') return Int32Array.from(values)
      if (dtype === 'bool') return Uint8Array.from(values)
      return single ? Float32Array.from(values) : values.slice()
    },
    prepare: (plan, { name, profile }) => {
      const execute = prepare(plan)
      const times = profile ? new Map<string, number>() : undefined
      return {
        execute: (inputs, { count, offset }, run) => {
          const rounding = run.rounding ?? (single ? toFloat32 : undefined)
          return execute(inputs, { lanes: count, offset, ...(rounding && { rounding }), ...(times && { times }) })
        },
        explain: () => explainPlan(name, plan, times),
        dispose: () => {},
      }
    },
  })
}
