import { type Plan, planOf } from '../compile/plan.ts'
import { isTensorLeaf, trace } from '../compile/trace.ts'
import { mistake } from '../error.ts'
import type { DType, Example } from '../tensor/tensor.ts'
import { structureOf, type Tree } from '../tree.ts'
import { argumentsFor, checkFilled, dtypeOf, inputName, isDonated } from './arguments.ts'
import type {
  CompileOptions,
  Engine,
  HostArray,
  Precision,
  Program,
  Resident,
  RunOptions,
  TargetName,
} from './engine.ts'
import { handleTable } from './handles.ts'

/**
 * What a target that answers at once has to bring: how arrays are held, and how a plan is executed. The shell makes an
 * engine of it: handles, donation, the checks of arguments.
 * @typeParam T - an array as the target holds it
 * @typeParam R - what its programs may be told of a run
 */
export interface Backend<T, R extends RunOptions> {
  readonly target: TargetName
  readonly mode: string
  readonly precision: Precision
  hold(data: HostArray['data']): T
  numbersOf(value: T, dtype: DType): HostArray['data']
  /** Told of every array that is not used again, but for those whose handle was dropped. */
  free?(value: T): void
  prepare(plan: Plan, options: { readonly name: string; readonly profile: boolean }): Prepared<T, R>
  /** What has to be waited for before the first program may run; it is awaited by `compile`. */
  ready?(): Promise<void>
  /** Ends what the engine has besides memory. */
  dispose?(): void
}

/** A plan made ready: arrays in the order of its inputs and results, uniform `[...shape]` or varying `[...shape, lanes]`. */
export interface Prepared<T, R extends RunOptions> {
  execute(inputs: readonly T[], lanes: { readonly count: number; readonly offset: number }, run: R): readonly T[]
  explain(): string
  dispose(): void
}

/** A program that answers at once. */
export interface SyncProgram<R extends RunOptions = RunOptions> extends Omit<Program, 'runSync'> {
  runSync(inputs: Tree<Resident | HostArray>, options?: R): Tree<Resident>
}
/** An engine that answers at once. */
export interface SyncEngine<R extends RunOptions = RunOptions> extends Engine {
  readSync(array: Resident): HostArray
  compileSync<I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    options?: CompileOptions,
  ): SyncProgram<R>
}

export const engineOf = <T, R extends RunOptions = RunOptions>(backend: Backend<T, R>): SyncEngine<R> => {
  const handles = handleTable<T>()
  let closed = false
  const checkOpen = (what: string): void => {
    if (closed) mistake(`${what}: the engine was disposed of.`)
  }

  const readSync = (handle: Resident): HostArray => ({
    data: backend.numbersOf(handles.get(handle, 'read'), handle.dtype),
    shape: handle.shape,
    ...(handle.lanes !== undefined && { lanes: handle.lanes }),
  })

  const compileSync = <I extends Tree<Example>, O extends Tree<Example>>(
    f: (inputs: I) => O,
    signature: I,
    { donate = [], name = 'program', profile = false }: CompileOptions = {},
  ): SyncProgram<R> => {
    checkOpen(name)
    const plan = planOf(trace(f, signature))
    const prepared = backend.prepare(plan, { name, profile })
    const readArguments = argumentsFor(plan, signature, name)
    const names = plan.inputs.map(({ path }) => inputName(name, path))
    const donated = plan.inputs.map(({ path }) => isDonated(donate, path))
    const structure = structureOf(isTensorLeaf, plan.structure)
    const reason = `donated to ${name}`
    let disposed = false

    const runSync = (inputs: Tree<Resident | HostArray>, run: R = {} as R): Tree<Resident> => {
      if (disposed) mistake(`${name}: was disposed of.`)
      checkOpen(name)
      const { arrays, lanes } = readArguments(inputs, run)
      const resident = arrays.map((array, i) => ('data' in array ? undefined : handles.get(array, names[i]!)))
      const given = arrays.map((array, i) => ('data' in array ? backend.hold(array.data) : resident[i]!))
      const free = (value: T): void => backend.free?.(value)
      let results: readonly T[]
      try {
        results = prepared.execute(given, { count: lanes, offset: run.lanes?.offset ?? 0 }, run)
      } finally {
        given.forEach((value, i) => {
          if ('data' in arrays[i]!) free(value)
        })
      }
      arrays.forEach((array, i) => {
        if (!('data' in array) && donated[i]) free(handles.take(array, name, reason))
      })
      const out = plan.results.map(({ value }, i) =>
        handles.hold(results[i]!, value.shape, value.dtype, value.varies ? lanes : undefined),
      )
      return structure.tree(out)
    }
    return {
      run: async (inputs, run) => runSync(inputs, run as R),
      runSync,
      explain: prepared.explain,
      dispose: () => {
        if (!disposed) prepared.dispose()
        disposed = true
      },
    }
  }

  return {
    target: backend.target,
    mode: backend.mode,
    precision: backend.precision,
    upload: ({ data, shape, lanes }) => {
      checkFilled('upload', { data, shape, ...(lanes !== undefined && { lanes }) })
      return handles.hold(backend.hold(data), shape, dtypeOf(data), lanes)
    },
    read: async (handle) => readSync(handle),
    readSync,
    release: (handle) => {
      const value = handles.take(handle, 'release', 'released')
      backend.free?.(value)
    },
    // What a program may be told beyond the common options is optional, so any caller's options do.
    compile: async (f, signature, options) => {
      const program = compileSync(f, signature, options)
      await backend.ready?.()
      return program as unknown as Program
    },
    compileSync,
    dispose: () => {
      if (!closed) backend.dispose?.()
      closed = true
    },
  }
}
