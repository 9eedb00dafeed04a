import { planOf } from '../../compile/plan.ts'
import { isTensorLeaf, trace } from '../../compile/trace.ts'
import { mistake } from '../../error.ts'
import type { Example } from '../../tensor/tensor.ts'
import { type Tree, unflattenWith } from '../../tree.ts'
import { argumentsOf, checkFilled, dtypeOf, inputName, isDonated } from '../arguments.ts'
import type { CompileOptions, Engine, EngineOptions, HostArray, Program, Resident, RunOptions } from '../engine.ts'
import { explainPlan } from '../explain.ts'
import { handleTable } from '../handles.ts'
import { prepare } from './program.ts'
import { type Rounding, toFloat32 } from './rounding.ts'

/** A program of the reference, which can also be run as another target would round. */
export interface ReferenceProgram extends Program {
  runSync(inputs: Tree<Resident | HostArray>, options?: ReferenceRunOptions): Tree<Resident>
}
/** A run as another target would round it. */
export interface ReferenceRunOptions extends RunOptions {
  readonly rounding?: Rounding
}
/** The reference: it answers at once, too. */
export interface ReferenceEngine extends Engine {
  readSync(array: Resident): HostArray
  compileSync<I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    options?: CompileOptions,
  ): ReferenceProgram
}

/**
 * The reference: float64, one operation at a time over typed arrays, every operation by its own stated meaning. The
 * judge of all other targets. With `precision: 'float32'` every result is rounded as a float32 machine would.
 */
export const openReference = (options: EngineOptions = {}): ReferenceEngine => {
  const handles = handleTable<Float64Array>()
  const single = options.precision === 'float32'
  const readSync = (handle: Resident): HostArray => {
    const data = handles.get(handle, 'read')
    const typed =
      handle.dtype === 'int'
        ? Int32Array.from(data)
        : handle.dtype === 'bool'
          ? Uint8Array.from(data)
          : single
            ? Float32Array.from(data)
            : data.slice()
    return { data: typed, shape: handle.shape, ...(handle.lanes !== undefined && { lanes: handle.lanes }) }
  }

  const compileSync = <I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    { donate = [], name = 'program', profile = false }: CompileOptions = {},
  ): ReferenceProgram => {
    const plan = planOf(trace(f, signature))
    const execute = prepare(plan)
    const times = profile ? new Map<string, number>() : undefined
    let disposed = false

    const runSync = (inputs: Tree<Resident | HostArray>, run: ReferenceRunOptions = {}): Tree<Resident> => {
      if (disposed) mistake(`${name}: was disposed of.`)
      const { arrays, lanes } = argumentsOf(plan, inputs, run, name)
      const rounding = run.rounding ?? (single ? toFloat32 : undefined)
      const data = arrays.map((array, i) => {
        const x = 'data' in array ? array.data : handles.get(array, inputName(name, plan.inputs[i]!.path))
        const floats = x instanceof Float64Array ? x : Float64Array.from(x)
        return single && plan.inputs[i]!.value.dtype === 'float' ? floats.map(Math.fround) : floats
      })
      const results = execute(data, {
        lanes,
        offset: run.lanes?.offset ?? 0,
        ...(rounding && { rounding }),
        ...(times && { times }),
      })
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
      explain: () => explainPlan(name, plan, times),
      dispose: () => {
        disposed = true
      },
    }
  }

  return {
    target: 'reference',
    mode: `reference ${single ? 'float32 (emulated)' : 'float64'} 1 thread`,
    upload: ({ data, shape, lanes }) => {
      checkFilled('upload', { data, shape, ...(lanes !== undefined && { lanes }) })
      return handles.hold(Float64Array.from(data), shape, dtypeOf(data), lanes)
    },
    read: async (handle) => readSync(handle),
    readSync,
    release: (handle) => {
      handles.take(handle, 'release', 'released')
    },
    compile: async (f, signature, compileOptions) => compileSync(f, signature, compileOptions),
    compileSync,
    dispose: () => {},
  }
}
