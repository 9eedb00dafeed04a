import { planOf } from '../../compile/plan.ts'
import { isTensorLeaf, trace } from '../../compile/trace.ts'
import { mistake } from '../../error.ts'
import type { DType, Example } from '../../tensor/tensor.ts'
import { type Tree, unflattenWith } from '../../tree.ts'
import { argumentsOf, checkFilled, dtypeOf, inputName, isDonated } from '../arguments.ts'
import type { CompileOptions, Engine, EngineOptions, HostArray, Program, Resident, RunOptions } from '../engine.ts'
import { explainPlan } from '../explain.ts'
import { handleTable } from '../handles.ts'
import { link } from './link.ts'
import { machineOf } from './machine.ts'
import { engineMemory } from './memory.ts'
import { prepare, type Words } from './program.ts'

/**
 * The WebAssembly engine: float32, four lanes to an instruction, kernels compiled for each program.
 * @throws where the platform has no WebAssembly, or asks for what this engine does not have
 */
export const openWasm = (options: EngineOptions = {}): Engine => {
  const machine = machineOf(options)
  if (options.precision === 'float64')
    mistake("open: the wasm engine computes in float32; for float64 use 'reference'.")
  const memory = engineMemory(machine.platform)
  const handles = handleTable<Words>()
  const readSync = (handle: Resident): HostArray => {
    const words = handles.get(handle, 'read')
    return {
      data: numbersOf(words, handle.dtype),
      shape: handle.shape,
      ...(handle.lanes !== undefined && { lanes: handle.lanes }),
    }
  }

  const compileSync = <I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    { donate = [], name = 'program', profile = false }: CompileOptions = {},
  ): Program => {
    const plan = planOf(trace(f, signature))
    const times = profile ? new Map<string, number>() : undefined
    const linked = link(plan, memory, machine, times)
    const execute = prepare(plan, linked, memory)
    let disposed = false

    const runSync = (inputs: Tree<Resident | HostArray>, run: RunOptions = {}): Tree<Resident> => {
      if (disposed) mistake(`${name}: was disposed of.`)
      const { arrays, lanes } = argumentsOf(plan, inputs, run, name)
      const given = arrays.map((array, i) =>
        'data' in array ? wordsOf(array.data) : handles.get(array, inputName(name, plan.inputs[i]!.path)),
      )
      const results = execute(given, { lanes, offset: run.lanes?.offset ?? 0 })
      arrays.forEach((array, i) => {
        if (!('data' in array) && isDonated(donate, plan.inputs[i]!.path))
          handles.take(array, name, `donated to ${name}`)
      })
      const out = plan.results.map(({ value }, i) =>
        handles.hold(results[i]!, value.shape, value.dtype, value.varies ? lanes : undefined),
      )
      return unflattenWith(isTensorLeaf, plan.structure, out)
    }
    return {
      run: async (inputs, run) => runSync(inputs, run),
      runSync,
      explain: () =>
        [
          explainPlan(name, plan, times),
          `${linked.launches} launches of ${linked.kernels} kernels; ${linked.bytes} bytes`,
          `on the host: ${linked.onHost.length === 0 ? 'nothing' : linked.onHost.join('; ')}`,
        ].join('\n'),
      dispose: () => {
        if (!disposed) linked.dispose()
        disposed = true
      },
    }
  }

  return {
    target: 'wasm',
    mode: `${machine.name} float32 1 thread`,
    upload: ({ data, shape, lanes }) => {
      checkFilled('upload', { data, shape, ...(lanes !== undefined && { lanes }) })
      return handles.hold(wordsOf(data), shape, dtypeOf(data), lanes)
    },
    read: async (handle) => readSync(handle),
    readSync,
    release: (handle) => {
      handles.take(handle, 'release', 'released')
    },
    compile: async (f, signature, compileOptions) => compileSync(f, signature, compileOptions),
    dispose: () => {},
  }
}

/** Numbers as they lie in memory: float32, int32, booleans as 0 or -1. */
const wordsOf = (data: HostArray['data']): Words => {
  if (data instanceof Int32Array) return data.slice()
  if (data instanceof Uint8Array) return Int32Array.from(data, (v) => (v ? -1 : 0))
  return new Int32Array(Float32Array.from(data).buffer)
}

const numbersOf = (words: Words, dtype: DType): HostArray['data'] => {
  if (dtype === 'int') return words.slice()
  if (dtype === 'bool') return Uint8Array.from(words, (w) => (w ? 1 : 0))
  return new Float32Array(words.slice().buffer)
}
