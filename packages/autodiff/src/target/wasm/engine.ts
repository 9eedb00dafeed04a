import { mistake } from '../../error.ts'
import type { EngineOptions, RunOptions } from '../engine.ts'
import { explainPlan } from '../explain.ts'
import { engineOf, type SyncEngine } from '../shell.ts'
import { link } from './link.ts'
import { machineOf } from './machine.ts'
import { engineMemory } from './memory.ts'
import { prepare, type Words } from './program.ts'

/**
 * The WebAssembly engine: float32, four lanes to an instruction, kernels compiled for each program.
 * @throws where the platform has no WebAssembly with vectors, or is asked for what this engine does not have
 */
export const openWasm = (options: EngineOptions = {}): SyncEngine<RunOptions> => {
  const machine = machineOf(options)
  if (options.precision === 'float64')
    mistake("open: the wasm engine computes in float32; for float64 use 'reference'.")
  const memory = engineMemory(machine.platform)
  return engineOf<Words>({
    target: 'wasm',
    mode: `${machine.name} float32 1 thread`,
    // Numbers as they lie in memory: float32, int32, booleans as 0 or -1.
    hold: (data) => {
      if (data instanceof Int32Array) return data.slice()
      if (data instanceof Uint8Array) return Int32Array.from(data, (v) => (v ? -1 : 0))
      return new Int32Array(Float32Array.from(data).buffer)
    },
    numbersOf: (words, dtype) => {
      if (dtype === 'int') return words.slice()
      if (dtype === 'bool') return Uint8Array.from(words, (w) => (w ? 1 : 0))
      return new Float32Array(words.slice().buffer)
    },
    prepare: (plan, { name, profile }) => {
      const times = profile ? new Map<string, number>() : undefined
      const linked = link(plan, memory, machine, times)
      const execute = prepare(plan, linked, memory)
      return {
        execute: (inputs, { count, offset }) => execute(inputs, { lanes: count, offset }),
        explain: () =>
          [
            explainPlan(name, plan, times),
            `${linked.launches} launches of ${linked.kernels} kernels; ${linked.bytes} bytes`,
            `on the host: ${linked.onHost.length === 0 ? 'nothing' : linked.onHost.join('; ')}`,
          ].join('\n'),
        dispose: linked.dispose,
      }
    },
  })
}
